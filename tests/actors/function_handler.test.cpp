#include "function_handler_fixture.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(function_handler_tests, function_handler_fixture)

// -- functions that return ----------------------------------------------------

CAF_TEST(an outcome goes to whoever asked) {
  run(1, 4);
  auto reply = handle(1);
  CAF_CHECK(!*reply);
  CAF_REQUIRE_EQUAL(workers.size(), 1u);
  CAF_CHECK(job(0).request.event == nth_event(1));
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

// -- many at a time -----------------------------------------------------------

CAF_TEST(what the dispatcher gives is told to it) {
  run(1, 4);
  give(1, 3);
  CAF_CHECK_EQUAL(runs(0), 1u);
  finish(0);
  finish(0, failed("no paper"));
  CAF_CHECK_EQUAL(ended(), (std::vector<lease>{nth_lease(1), nth_lease(2)}));
  CAF_CHECK(handled.last().ended.at(0).result == failed("no paper"));
  CAF_CHECK_EQUAL(runs(0), 3u);
}

CAF_TEST(the deadline of what the dispatcher gives runs from its begin) {
  run(1, 4);
  give(1, 2);
  advance(8s);
  finish(0);
  CAF_CHECK_EQUAL(job(0).request.timeout, timespan{10s});
  advance(10s - 1ms);
  CAF_CHECK_EQUAL(ended().size(), 1u);
  advance(1ms);
  CAF_CHECK_EQUAL(ended().size(), 2u);
  CAF_CHECK(handled.last().ended.at(0).result.verdict == verdict::failed);
  CAF_CHECK_EQUAL(handled.last().ended.at(0).took, timespan{10s});
  CAF_CHECK_EQUAL(stats().stuck_workers, 1u);
}

CAF_TEST(what nobody can rely on any more is not begun) {
  run(1, 4);
  give(1, 2, 5s);
  advance(5s);
  finish(0);
  CAF_CHECK_EQUAL(runs(0), 1u);
  CAF_CHECK_EQUAL(handled.last().unbegun, std::vector<lease>{nth_lease(2)});
  CAF_CHECK(!handled.last().stuck);
}

CAF_TEST(what was not begun is given back when asked for) {
  run(1, 4);
  give(1, 3);
  tell_as(dispatcher, caf::actor_cast<event_taking_actor>(handler),
          return_events{});
  CAF_CHECK_EQUAL(handled.last().unbegun,
                  (std::vector<lease>{nth_lease(2), nth_lease(3)}));
  CAF_CHECK(handled.last().ended.empty());
  finish(0);
  CAF_CHECK_EQUAL(runs(0), 1u);
  CAF_CHECK_EQUAL(ended(), std::vector<lease>{nth_lease(1)});
}

CAF_TEST(what waits when the cap is reached is given back as stuck) {
  run(1, 0);
  give(1, 3);
  advance(10s);
  CAF_CHECK_EQUAL(ended(), std::vector<lease>{nth_lease(1)});
  CAF_CHECK_EQUAL(handled.last().unbegun,
                  (std::vector<lease>{nth_lease(2), nth_lease(3)}));
  CAF_CHECK(handled.last().stuck);
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

CAF_TEST_FIXTURE_SCOPE_END()
