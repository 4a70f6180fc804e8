#include "poller_fixture.hpp"

// A backlog is claimed over two connections at the same time.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public steady_poller_fixture {
public:
  /// What the second store gets.
  script<claimed_deliveries, claim_deliveries> ahead;

  fixture() {
    room_for_bytes = uint64_t{1} << 30;
    set_room({{1, 100}});
    claims.hold();
    ahead.hold();
  }

  void run() {
    run_with(
      {play<claiming_store>(claims, routings),
       play<claiming_store>(ahead, script<routed_events, route_events>{})});
  }

  /// Answers the oldest claim of a store, with as much as was asked for.
  void fill(script<claimed_deliveries, claim_deliveries>& of) {
    of.answer(batch(1, config.batch_size));
    settle_messages();
  }

  void end(script<claimed_deliveries, claim_deliveries>& of) {
    of.answer(claimed_deliveries{});
    settle_messages();
  }

  /// Lets both have a claim under way.
  void begin_backlog() {
    run();
    poke();
    CAF_CHECK_EQUAL(ahead.count(), 0u);
    fill(claims);
    CAF_REQUIRE_EQUAL(claims.count(), 2u);
    CAF_REQUIRE_EQUAL(ahead.count(), 1u);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(poller_backlog_tests, fixture)

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

CAF_TEST(a claim that waits for room is made even if the others find nothing) {
  set_room({{1, 40}});
  begin_backlog();
  demands.hold();
  fill(ahead);
  fill(claims);
  end(ahead);
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
  demands.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 3u);
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

CAF_TEST(a round ends with the last of its claims) {
  begin_backlog();
  poke();
  end(claims);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(demands.count(), 1u);
  end(ahead);
  // Now it is the turn of the poke.
  CAF_CHECK_EQUAL(demands.count(), 2u);
  CAF_CHECK_EQUAL(claims.count(), 3u);
  end(claims);
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
  poke();
  CAF_CHECK_EQUAL(claims.count(), 4u);
}

CAF_TEST(a claim that finds nothing does not end what another one finds) {
  begin_backlog();
  end(claims);
  fill(ahead);
  CAF_CHECK_EQUAL(claims.count(), 3u);
  CAF_CHECK_EQUAL(ahead.count(), 2u);
}

CAF_TEST(nothing is lent while a claim is under way) {
  begin_backlog();
  end(claims);
  auto lent = begin<current_demand>(poller, borrow_room{});
  CAF_REQUIRE(*lent);
  CAF_CHECK((**lent)->demand.empty());
  end(ahead);
  lent = begin<current_demand>(poller, borrow_room{});
  CAF_REQUIRE(*lent);
  CAF_CHECK(!(**lent)->demand.empty());
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

CAF_TEST(while one connection is away the other one goes on) {
  begin_backlog();
  for (int i = 0; i < 5; ++i) {
    ahead.answer(away);
    settle_messages();
    fill(claims);
  }
  CAF_CHECK_EQUAL(claims.count(), 7u);
  CAF_CHECK_EQUAL(ahead.count(), 6u);
  // Both are away: it waits, for a poke first and then for longer.
  ahead.answer(away);
  claims.answer(away);
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 7u);
  poke();
  CAF_CHECK_EQUAL(claims.count(), 7u);
  advance(10ms);
  CAF_CHECK_EQUAL(claims.count(), 8u);
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

CAF_TEST(the end of duty waits for all claims) {
  begin_backlog();
  auto ended = steady_poller_fixture::end();
  fill(claims);
  CAF_CHECK(!*ended);
  fill(ahead);
  CAF_CHECK(*ended);
  CAF_CHECK_EQUAL(dispatched.count(), 3u);
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 3u);
}

CAF_TEST(the end of duty does not wait for room) {
  set_room({{1, 40}});
  begin_backlog();
  demands.hold();
  fill(ahead);
  fill(claims);
  auto ended = steady_poller_fixture::end();
  fill(ahead);
  CAF_CHECK(*ended);
  demands.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
}

CAF_TEST(room that comes while the store is away is not used) {
  set_room({{1, 40}});
  begin_backlog();
  demands.hold();
  fill(ahead);
  // The second failure in a row makes a pause.
  claims.answer(away);
  ahead.answer(away);
  settle_messages();
  demands.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
}

CAF_TEST_FIXTURE_SCOPE_END()
