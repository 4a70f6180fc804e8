#include "../../actors/function_handler.hpp"

#include "../support/actor_fixture.hpp"

#include <system_error>

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

/// A worker whose function returns when the test says so.
struct worker {
  mailbox<run_function> runs;
  std::shared_ptr<bool> retired = std::make_shared<bool>(false);
};

class fixture : public actor_fixture {
public:
  std::vector<worker> workers;
  function_handler_actor handler;

  mailbox<error_occurred> errors;
  bool no_threads = false;

  void run(uint32_t concurrency, uint32_t max_stuck) {
    handler = start<function_handler_impl>(
      [this](const function_owning_actor&) {
        if (no_threads)
          throw std::system_error{
            std::make_error_code(std::errc::resource_unavailable_try_again)};
        worker added;
        auto hdl = play<function_worker_actor>(added.runs);
        hdl->attach_functor(
          [retired = added.retired](const caf::error&) { *retired = true; });
        workers.push_back(added);
        return hdl;
      },
      concurrency, max_stuck,
      play<observer_actor>(mailbox<delivery_died>{}, errors));
  }

  /// Gives the handler event `n` with a deadline of 10 s.
  pending<outcome> handle(uint32_t n, cancellation canceled = {}) {
    handle_event x;
    x.event = nth_event(n);
    x.handler_key = "mail";
    x.timeout = 10s;
    x.cancellation = std::move(canceled);
    return begin<outcome>(handler, x);
  }

  /// Makes the last function that worker `i` was given return.
  void finish(size_t i, outcome result = done()) {
    auto ticket = workers.at(i).runs.last().ticket;
    tell(handler, function_returned{ticket, std::move(result)});
  }

  /// Number of functions that worker `i` was given.
  size_t runs(size_t i) const {
    return workers.at(i).runs.count();
  }

  bool retired(size_t i) const {
    return *workers.at(i).retired;
  }

  static bool is(const pending<outcome>& reply, verdict expected) {
    return *reply && **reply && (**reply)->verdict == expected;
  }

  static bool is_stuck(const pending<outcome>& reply) {
    return *reply && !**reply
           && code_of((*reply)->error()) == errc::handler_stuck;
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(handler, get_stats{});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(function_handler_tests, fixture)

// -- functions that return ----------------------------------------------------

CAF_TEST(an outcome goes to whoever asked) {
  run(1, 4);
  auto reply = handle(1);
  CAF_CHECK(!*reply);
  CAF_REQUIRE_EQUAL(workers.size(), 1u);
  CAF_CHECK(workers[0].runs.last().request.event == nth_event(1));
  finish(0, snoozed(5s));
  CAF_REQUIRE(is(reply, verdict::snoozed));
  CAF_CHECK_EQUAL((**reply)->delay, timespan{5s});
}

CAF_TEST(a worker runs one function after another) {
  run(1, 4);
  auto first = handle(1);
  auto second = handle(2);
  CAF_CHECK_EQUAL(runs(0), 1u);
  finish(0);
  CAF_CHECK(is(first, verdict::done));
  CAF_CHECK_EQUAL(runs(0), 2u);
  CAF_CHECK(!*second);
  finish(0, failed("no paper"));
  CAF_CHECK(is(second, verdict::failed));
  CAF_CHECK_EQUAL(workers.size(), 1u);
  CAF_CHECK(!retired(0));
}

CAF_TEST(there are as many workers as the concurrency allows) {
  run(2, 4);
  std::vector<pending<outcome>> replies;
  for (uint32_t n = 1; n <= 4; ++n)
    replies.push_back(handle(n));
  CAF_REQUIRE_EQUAL(workers.size(), 2u);
  finish(1);
  CAF_CHECK(is(replies[1], verdict::done));
  CAF_CHECK_EQUAL(runs(1), 2u);
  finish(0);
  finish(0);
  finish(1);
  for (auto& x : replies)
    CAF_CHECK(is(x, verdict::done));
  CAF_CHECK_EQUAL(workers.size(), 2u);
}

CAF_TEST(workers are made when they are needed) {
  run(8, 4);
  CAF_CHECK_EQUAL(workers.size(), 0u);
  handle(1);
  finish(0);
  handle(2);
  CAF_CHECK_EQUAL(workers.size(), 1u);
}

CAF_TEST(a function that returned has no deadline any more) {
  run(1, 4);
  auto reply = handle(1);
  finish(0);
  advance(60s);
  CAF_CHECK_EQUAL(stats().stuck_workers, 0u);
  CAF_CHECK(!has_pending_timeout());
}

// -- functions that do not ----------------------------------------------------

CAF_TEST(a function that does not return has failed and was canceled) {
  run(1, 4);
  cancellation canceled;
  auto reply = handle(1, canceled);
  advance(10s - 1ms);
  CAF_CHECK(!*reply);
  CAF_CHECK(!canceled.requested());
  advance(1ms);
  CAF_REQUIRE(is(reply, verdict::failed));
  CAF_CHECK_EQUAL((**reply)->message, "did not return before its deadline");
  CAF_CHECK(canceled.requested());
  CAF_CHECK_EQUAL(stats().stuck_workers, 1u);
}

CAF_TEST(a fresh worker takes the place of a stuck one) {
  run(1, 4);
  handle(1);
  advance(3s);
  auto second = handle(2);
  CAF_CHECK_EQUAL(workers.size(), 1u);
  advance(7s);
  CAF_REQUIRE_EQUAL(workers.size(), 2u);
  CAF_CHECK(workers[1].runs.last().request.event == nth_event(2));
  // It has waited: whoever asked has counted that as well.
  CAF_CHECK_EQUAL(workers[1].runs.last().request.timeout, timespan{3s});
  CAF_CHECK_EQUAL(stats().replaced_workers, 1u);
  finish(1);
  CAF_CHECK(is(second, verdict::done));
}

CAF_TEST(a late return is ignored and its worker used again) {
  run(1, 4);
  auto reply = handle(1);
  advance(10s);
  finish(0);
  CAF_CHECK(is(reply, verdict::failed));
  CAF_CHECK_EQUAL(stats().stuck_workers, 0u);
  CAF_CHECK(!retired(0));
  auto next = handle(2);
  CAF_CHECK_EQUAL(workers.size(), 1u);
  finish(0);
  CAF_CHECK(is(next, verdict::done));
  CAF_CHECK_EQUAL(stats().replaced_workers, 0u);
}

CAF_TEST(a late return of a worker that was replaced retires it) {
  run(1, 4);
  handle(1);
  advance(3s);
  handle(2);
  advance(7s);
  CAF_REQUIRE_EQUAL(workers.size(), 2u);
  finish(0);
  CAF_CHECK(retired(0));
  CAF_CHECK(!retired(1));
  finish(1);
  handle(3);
  CAF_CHECK_EQUAL(runs(1), 2u);
}

CAF_TEST(an unknown ticket is ignored) {
  run(1, 4);
  auto reply = handle(1);
  tell(handler, function_returned{99, done()});
  CAF_CHECK(!*reply);
  finish(0);
  finish(0); // twice
  CAF_CHECK(is(reply, verdict::done));
  handle(2);
  CAF_CHECK_EQUAL(workers.size(), 1u);
}

// -- the cap ------------------------------------------------------------------

CAF_TEST(stuck workers are replaced up to the cap) {
  run(1, 2);
  for (uint32_t n = 1; n <= 3; ++n) {
    auto reply = handle(n);
    advance(10s);
    CAF_CHECK(is(reply, verdict::failed));
  }
  CAF_CHECK_EQUAL(workers.size(), 3u);
  CAF_CHECK_EQUAL(stats().stuck_workers, 3u);
  CAF_CHECK_EQUAL(stats().replaced_workers, 2u);
  CAF_CHECK(is_stuck(handle(4)));
  CAF_CHECK(is_stuck(handle(5)));
  CAF_CHECK_EQUAL(workers.size(), 3u);
}

CAF_TEST(what waits when the cap is reached is refused) {
  run(1, 0);
  handle(1);
  auto second = handle(2);
  auto third = handle(3);
  advance(10s);
  CAF_CHECK(is_stuck(second));
  CAF_CHECK(is_stuck(third));
}

CAF_TEST(a handler recovers when a stuck worker returns) {
  run(1, 0);
  handle(1);
  advance(10s);
  CAF_CHECK(is_stuck(handle(2)));
  finish(0);
  auto reply = handle(3);
  CAF_CHECK_EQUAL(runs(0), 2u);
  finish(0);
  CAF_CHECK(is(reply, verdict::done));
  CAF_CHECK_EQUAL(stats().stuck_workers, 0u);
}

CAF_TEST(a stuck worker does not stop the others of its key) {
  run(2, 0);
  handle(1);
  auto second = handle(2);
  finish(1);
  advance(10s);
  CAF_CHECK_EQUAL(stats().stuck_workers, 1u);
  auto third = handle(3);
  CAF_CHECK_EQUAL(runs(1), 2u);
  finish(1);
  CAF_CHECK(is(third, verdict::done));
}

// -- the end ------------------------------------------------------------------

CAF_TEST(with the handler go its workers) {
  run(2, 4);
  cancellation canceled;
  handle(1);
  auto running = handle(2, canceled);
  finish(0);
  stop(handler);
  CAF_CHECK(retired(0)); // idle
  CAF_CHECK(retired(1)); // at work
  CAF_CHECK(canceled.requested());
  CAF_CHECK(*running && !**running);
}

CAF_TEST(a stuck worker is reported) {
  run(1, 4);
  handle(1);
  CAF_CHECK_EQUAL(stats().open_calls, 1u);
  advance(10s);
  CAF_REQUIRE_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(code_of(errors.last().reason), errc::handler_stuck);
  CAF_CHECK_EQUAL(field_of(errors.last().reason), "mail");
  CAF_CHECK_EQUAL(stats().open_calls, 1u);
  finish(0);
  CAF_CHECK_EQUAL(stats().open_calls, 0u);
}

CAF_TEST(a system without threads is no end) {
  run(2, 4);
  no_threads = true;
  auto first = handle(1);
  CAF_CHECK(is_stuck(first));
  no_threads = false;
  auto second = handle(2);
  no_threads = true;
  CAF_CHECK(is_stuck(handle(3)));
  finish(0);
  CAF_CHECK(is(second, verdict::done));
  auto again = handle(4); // by the worker that is there
  finish(0);
  CAF_CHECK(is(again, verdict::done));
}

CAF_TEST_FIXTURE_SCOPE_END()
