#include "checker.hpp"

#include <caf/test/unit_test.hpp>

// What the checker says of made-up histories: each has one thing wrong.

using namespace chaos;

namespace {

constexpr int64_t second = 1'000'000;

class fixture {
public:
  fixture() {
    seen.handler_timeout = 5 * second;
  }

  findings look() const {
    return check(seen, {{"order", {"mail"}}});
  }

  void acknowledge(const std::string& id) {
    seen.acknowledged.push_back({id, "order", 0});
  }

  /// A call of attempt `attempt` from second `began` to second `ended`.
  void call_handler(const std::string& id, uint32_t attempt, int64_t began,
                    std::optional<int64_t> ended, bool succeeded,
                    int process = 1) {
    if (ended)
      ended = *ended * second;
    seen.calls.push_back(
      {process, id, "mail", attempt, began * second, ended, succeeded});
  }

  /// The end of attempt `attempt` at second `at`.
  void end(const std::string& id, int64_t attempt, int64_t at, int progress,
           bool counted = true) {
    seen.transitions.push_back({id, "mail", at * second, 0, progress, attempt,
                                counted ? attempt : attempt - 1});
  }

  void finish(const std::string& id, int progress = 2, int64_t seq = 1,
              const std::string& ordering_key = "") {
    seen.deliveries.push_back(
      {id, "order", "mail", seq, ordering_key, progress, 1});
  }

  history seen;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(checker_tests, fixture)

CAF_TEST(a good history) {
  acknowledge("a");
  call_handler("a", 1, 1, 2, false);
  end("a", 1, 3, 1);
  call_handler("a", 2, 4, 5, true);
  end("a", 2, 6, 2);
  finish("a");
  auto found = look();
  CAF_CHECK(found.good());
  CAF_CHECK_EQUAL(found.acknowledged, 1u);
  CAF_CHECK_EQUAL(found.examples.size(), 0u);
}

CAF_TEST(nothing at all is not good) {
  CAF_CHECK(!look().good());
}

CAF_TEST(what is not there is lost) {
  acknowledge("a");
  acknowledge("a");
  auto found = look();
  CAF_CHECK(!found.good());
  CAF_CHECK_EQUAL(found.acknowledged, 1u);
  CAF_CHECK_EQUAL(found.lost, 1u);
}

CAF_TEST(what is dead is lost) {
  acknowledge("a");
  end("a", 1, 1, 3);
  finish("a", 3);
  CAF_CHECK_EQUAL(look().lost, 1u);
  CAF_CHECK(!look().good());
  seen.max_attempts = 2;
  CAF_CHECK_EQUAL(look().lost, 1u);
  seen.max_attempts = 1; // as it is meant to be
  CAF_CHECK_EQUAL(look().lost, 0u);
  CAF_CHECK(look().good());
}

CAF_TEST(what is not final is trapped) {
  acknowledge("a");
  finish("a", 1);
  CAF_CHECK_EQUAL(look().trapped, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(a second end) {
  acknowledge("a");
  call_handler("a", 1, 1, 2, true);
  end("a", 1, 3, 2);
  end("a", 1, 4, 2);
  seen.transitions.back().progress_before = 2;
  finish("a");
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(done while the handler is at it) {
  acknowledge("a");
  call_handler("a", 1, 1, 9, true, 1);
  call_handler("a", 2, 4, 20, true, 2);
  end("a", 2, 10, 2); // by the first process
  finish("a");
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(done without a call) {
  acknowledge("a");
  end("a", 1, 1, 2);
  finish("a");
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(done after a failure) {
  acknowledge("a");
  call_handler("a", 1, 1, 2, false);
  end("a", 1, 3, 2);
  finish("a");
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(failed while the handler is at it) {
  call_handler("a", 1, 1, 7, true);
  end("a", 1, 3, 1);
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
  // Unless its deadline is over: then it has failed, whatever it says later.
  seen.transitions.back().at = 6 * second;
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
}

CAF_TEST(failed although its handler had succeeded or not begun) {
  call_handler("a", 1, 1, 2, true);
  end("a", 1, 3, 1);
  end("a", 2, 4, 1);
  CAF_CHECK_EQUAL(look().settled_twice, 2u);
  seen.fails_without_handler = true; // for its effects, or its node
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  seen.transitions.back().progress_after = 2;
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(failed after its deadline though it succeeded) {
  call_handler("a", 1, 1, 7, true);
  end("a", 1, 8, 1);
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  seen.handler_timeout = 7 * second;
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(given back while the handler is at it) {
  call_handler("a", 1, 1, 4, false);
  call_handler("a", 1, 3, 4, true, 2);
  end("a", 1, 3, 0, false);
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
  seen.transitions.back().at = 5 * second; // later
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  seen.transitions.back().at = 1 * second; // before it began
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  seen.calls.front().ended.reset(); // killed
  seen.transitions.back().at = 3 * second;
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(given back and not begun again before the handler has ended) {
  call_handler("a", 1, 1, 4, false);
  call_handler("a", 1, 5, 6, true, 2);
  end("a", 1, 3, 0, false);
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  // Or before its deadline is over.
  seen.calls.front().ended.reset();
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
  seen.clock_was_set = true;
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  seen.clock_was_set = false;
  seen.calls.back().began = 6 * second;
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
}

CAF_TEST(clocks differ a little) {
  call_handler("a", 1, 1, 3, true);
  end("a", 1, 3, 2);
  seen.transitions.back().at -= 1'000;
  CAF_CHECK_EQUAL(look().settled_twice, 0u);
  seen.transitions.back().at -= 2'000;
  CAF_CHECK_EQUAL(look().settled_twice, 1u);
}

CAF_TEST(the order of an ordering key) {
  acknowledge("a");
  for (auto id : {"a", "b", "c"})
    call_handler(id, 1, 1, 2, true);
  end("b", 1, 3, 2);
  end("a", 1, 4, 2);
  end("c", 1, 5, 2);
  finish("a", 2, 1, "customer");
  finish("b", 2, 2, "customer");
  finish("c", 2, 3, "customer");
  CAF_CHECK_EQUAL(look().out_of_order, 1u);
  CAF_CHECK(!look().good());
  seen.deliveries[0].writer = "another"; // at the same time, perhaps
  CAF_CHECK_EQUAL(look().out_of_order, 0u);
  seen.deliveries[0].writer.clear();
  seen.deliveries[0].ordering_key = "another";
  CAF_CHECK_EQUAL(look().out_of_order, 0u);
  CAF_CHECK(look().good());
}

CAF_TEST(how fast the work of a killed process is taken over) {
  CAF_CHECK_EQUAL(look().handed_over_p99(), 0.0);
  call_handler("a", 1, 1, std::nullopt, false, 1);
  call_handler("a", 2, 5, 6, true, 2);
  call_handler("b", 1, 1, 2, true, 1); // had ended
  call_handler("b", 2, 9, 10, true, 2);
  seen.kills.push_back({1, 3 * second});
  CAF_CHECK_EQUAL(look().handed_over_p99(), 2.0);
  CAF_CHECK_EQUAL(look().handed_over.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
