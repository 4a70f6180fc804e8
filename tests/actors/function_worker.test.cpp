#include "../../actors/function_worker.hpp"

#include "../support/actor_fixture.hpp"

#include <stdexcept>

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public actor_fixture {
public:
  mailbox<function_returned> returned;

  /// Runs `f` once in a worker and returns what it reports.
  template <class F>
  outcome run(F f, cancellation canceled = {}) {
    auto worker = start<function_worker_impl>(
      std::make_shared<const handler_function>(make_handler_function(f)),
      play<function_owning_actor>(returned));
    run_function x;
    x.ticket = 7;
    x.request.event = nth_event(1);
    x.request.handler_key = "mail";
    x.request.attempt = 2;
    x.request.max_attempts = 3;
    x.request.timeout = 10s;
    x.request.cancellation = std::move(canceled);
    auto hdl = caf::actor_cast<function_worker_actor>(worker);
    tell(hdl, x);
    tell(hdl, x); // whatever it did, the worker is there for the next one
    CAF_REQUIRE_EQUAL(returned.count(), 2u);
    CAF_CHECK_EQUAL(returned.last().ticket, 7u);
    return returned.last().result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(function_worker_tests, fixture)

CAF_TEST(a function gets the delivery and its outcome is reported) {
  auto result = run([](const delivery& x) {
    CAF_CHECK(x.event() == nth_event(1));
    CAF_CHECK_EQUAL(x.payload(), "payload 1");
    CAF_CHECK_EQUAL(x.handler_key(), "mail");
    CAF_CHECK_EQUAL(x.attempt(), 2u);
    CAF_CHECK_EQUAL(x.max_attempts(), 3u);
    CAF_CHECK(!x.canceled());
    auto left = x.deadline() - std::chrono::steady_clock::now();
    CAF_CHECK(left > 0s && left <= 10s);
    return snoozed(5s);
  });
  CAF_CHECK(result == snoozed(5s));
}

CAF_TEST(a function sees that it was canceled) {
  cancellation canceled;
  bool seen = false;
  auto result = run(
    [&](const delivery& x) {
      canceled.request();
      seen = x.canceled();
      return failed("canceled");
    },
    canceled);
  CAF_CHECK(seen);
}

CAF_TEST(a function that throws has failed) {
  auto result
    = run([](const delivery&) { throw std::runtime_error{"no paper"}; });
  CAF_CHECK(result == failed("the handler threw: no paper"));
}

CAF_TEST(a function that throws anything has failed) {
  auto result = run([](const delivery&) { throw 42; });
  CAF_CHECK(result
            == failed("the handler threw something that is no "
                      "std::exception"));
}

CAF_TEST(what was canceled before it began is not run) {
  cancellation canceled;
  canceled.request();
  auto result = run([](const delivery&) { CAF_FAIL("it was run"); }, canceled);
  CAF_CHECK(result == failed("canceled before it began"));
}

// -- the forms of a function --------------------------------------------------

CAF_TEST(a function that returns nothing is done) {
  CAF_CHECK(run([](const delivery&) {}) == done());
}

CAF_TEST(a function that returns an error has failed with its text) {
  auto err = make_error(errc::invalid, "amount", "is negative");
  CAF_CHECK(run([&](const delivery&) { return err; })
            == failed("invalid: amount: is negative"));
}

CAF_TEST(a function that returns no error is done) {
  CAF_CHECK(run([](const delivery&) { return caf::error{}; }) == done());
}

CAF_TEST(a function may keep a state of its own) {
  int runs = 0;
  run([&runs, n = 0](const delivery&) mutable { runs = ++n; });
  CAF_CHECK_EQUAL(runs, 2);
}

CAF_TEST(a handler function may be any callable) {
  handler_function f = [](const delivery&) { return dead("no"); };
  CAF_CHECK(run(f) == dead("no"));
  struct functor {
    outcome operator()(const delivery&) const {
      return failed("never");
    }
  };
  returned = {};
  CAF_CHECK(run(functor{}) == failed("never"));
}

CAF_TEST_FIXTURE_SCOPE_END()
