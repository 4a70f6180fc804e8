#include "function_handler_fixture.hpp"

// Functions that do not return in time.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(function_handler_stuck_tests, function_handler_fixture)

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
  CAF_CHECK(job(1).request.event == nth_event(2));
  // It has waited: whoever asked has counted that as well.
  CAF_CHECK_EQUAL(job(1).request.timeout, timespan{3s});
  CAF_CHECK_EQUAL(stats().replaced_workers, 1u);
  finish(1);
  CAF_CHECK(is(second, verdict::done));
}

CAF_TEST(what has waited until its deadline is not begun and not stuck) {
  run(1, 1);
  auto first = handle(1);
  std::vector<pending<outcome>> rest;
  for (uint32_t n = 2; n <= 9; ++n)
    rest.push_back(handle(n));
  advance(10s); // the deadline of all of them
  CAF_CHECK(is(first, verdict::failed));
  for (auto& x : rest)
    CAF_CHECK(is(x, verdict::failed));
  CAF_CHECK_EQUAL(workers.size(), 1u);
  CAF_CHECK_EQUAL(stats().stuck_workers, 1u);
  CAF_CHECK_EQUAL(errors.count(), 1u);
  auto next = handle(10); // so there is still a worker for it
  CAF_REQUIRE_EQUAL(workers.size(), 2u);
  finish(1);
  CAF_CHECK(is(next, verdict::done));
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

CAF_TEST(a return of nothing is ignored) {
  run(1, 4);
  auto reply = handle(1);
  tell(handler, functions_returned{}); // of nothing
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
