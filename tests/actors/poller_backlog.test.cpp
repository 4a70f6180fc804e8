#include "backlog_fixture.hpp"

// A backlog is claimed over two connections at the same time.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(poller_backlog_tests, backlog_fixture)

CAF_TEST(claims go out on all sides once one has left something) {
  begin_backlog();
  // Out of the room that the dispatcher has told of once.
  CAF_CHECK_EQUAL(demands.count(), 1u);
  CAF_CHECK_EQUAL(dispatched.count(), 1u);
  CAF_CHECK_EQUAL(claims.last().demand[0].room, 90u);
  CAF_CHECK_EQUAL(ahead.last().demand[0].room, 80u);
  fill(ahead);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(ahead.count(), 2u);
  CAF_CHECK_EQUAL(dispatched.count(), 2u);
  CAF_CHECK_EQUAL(demands.count(), 1u);
}

CAF_TEST(the dispatcher is asked in time and not for every claim) {
  set_room({{1, 40}});
  begin_backlog();
  demands.hold();
  CAF_CHECK_EQUAL(demands.count(), 1u);
  // It has got 20, and another 20 are under way.
  fill(ahead);
  CAF_CHECK_EQUAL(ahead.count(), 2u);
  CAF_CHECK_EQUAL(demands.count(), 2u);
  // It gets 10 more behind the question.
  fill(claims);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(demands.count(), 2u);
  demands.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 3u);
  CAF_CHECK_EQUAL(claims.last().demand[0].room, 20u);
  CAF_CHECK_EQUAL(ahead.count(), 2u);
  CAF_CHECK_EQUAL(demands.count(), 2u);
}

CAF_TEST(without enough room for a batch the dispatcher is asked anew) {
  set_room({{1, 15}});
  run();
  poke();
  fill(claims);
  // 5 are left, and it tells of 15 that it has now.
  CAF_CHECK_EQUAL(demands.count(), 2u);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(claims.last().demand[0].room, 15u);
  CAF_CHECK_EQUAL(ahead.count(), 0u);
}

CAF_TEST(a handler that wants little is asked for once per claim) {
  set_room({{1, 8}});
  run();
  poke();
  claims.answer(batch(1, 8));
  settle_messages();
  CAF_CHECK_EQUAL(demands.count(), 2u);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(ahead.count(), 0u);
}

CAF_TEST(the room for perilous ones is for one claim) {
  demands.answer_with([](const get_demand&) {
    return current_demand{{{1, 100}}, {1}, uint64_t{1} << 30, 1};
  });
  begin_backlog();
  CAF_CHECK_EQUAL(claims.got()[1].max_perilous, 1u);
  CAF_CHECK_EQUAL(ahead.last().max_perilous, 0u);
  // Once there is one, the dispatcher has to say when there may be another.
  demands.hold();
  auto reply = batch(1, 1);
  reply.claimed[0].perilous = true;
  claims.answer(reply);
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(demands.count(), 2u);
}

CAF_TEST(kept events are routed in the midst of a backlog) {
  begin_backlog();
  CAF_CHECK_EQUAL(routings.count(), 1u);
  advance(5s); // an iteration
  fill(claims);
  CAF_CHECK_EQUAL(routings.count(), 1u);
  fill(ahead);
  CAF_CHECK_EQUAL(routings.count(), 2u);
  CAF_CHECK_EQUAL(claims.count(), 3u);
  CAF_CHECK_EQUAL(ahead.count(), 1u);
}

CAF_TEST(so they are for a handler that comes in its midst) {
  set_room({{1, 40}});
  begin_backlog();
  set_room({{1, 40}, {2, 40}});
  fill(ahead);
  fill(claims); // the dispatcher is asked, and tells of it
  fill(claims.held() > 0 ? claims : ahead);
  if (ahead.held() > 0)
    fill(ahead);
  CAF_REQUIRE_EQUAL(routings.count(), 2u);
  CAF_CHECK_EQUAL(routings.last().routes, (std::vector<route_id>{1, 2}));
}

CAF_TEST(one of two claims looks through all) {
  begin_backlog();
  CAF_CHECK(!claims.got()[0].read_on);
  CAF_CHECK(claims.got()[1].read_on);
  CAF_CHECK(ahead.last().read_on);
  advance(1s);
  fill(claims);
  fill(ahead);
  CAF_CHECK(!claims.last().read_on);
  CAF_CHECK(ahead.last().read_on);
  // It failed, so the other one has to.
  claims.answer(away);
  settle_messages();
  fill(ahead);
  CAF_CHECK(!claims.last().read_on);
  CAF_CHECK(ahead.last().read_on);
}

CAF_TEST(only the first claim of a round by the clock looks first) {
  run();
  advance(5s);
  CAF_CHECK(claims.last().look_first);
  fill(claims);
  CAF_REQUIRE_EQUAL(claims.count(), 2u);
  CAF_CHECK(!claims.last().look_first);
  CAF_CHECK(!ahead.last().look_first);
}

CAF_TEST_FIXTURE_SCOPE_END()
