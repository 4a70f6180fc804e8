#include "poller_fixture.hpp"

// What the poller lends to writes.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public steady_poller_fixture {
public:
  /// Starts a poller whose last claim has found nothing.
  void run_drained() {
    run();
    poke();
    CAF_REQUIRE_EQUAL(claims.count(), 1u);
  }

  current_demand borrow() {
    return *ask<current_demand>(poller, borrow_room{});
  }

  void give_back(std::vector<claimed_delivery> what = {}) {
    tell(poller, return_room{std::move(what), timespan{7s}});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(poller_lends_tests, fixture)

CAF_TEST(nothing is lent before it is known that nothing is due) {
  run();
  CAF_CHECK(borrow().demand.empty());
  claim_once(batch(1, 4)); // fills the room
  claims.hold();
  poke();
  CAF_CHECK(borrow().demand.empty());
  claims.answer_oldest();
  settle_messages();
  CAF_CHECK(borrow().demand.empty());
  claims.release();
  settle_messages();
  CAF_CHECK_EQUAL(borrow().demand.size(), 1u);
}

CAF_TEST(nothing is lent after a claim that failed) {
  run_drained();
  claims.fail_next(make_error(errc::connection_lost, "store", "away"));
  poke();
  CAF_CHECK(borrow().demand.empty());
}

CAF_TEST(half of the room is lent and the rest is claimed for) {
  set_room({{1, 4}, {2, 1}});
  run_drained();
  auto lent = borrow();
  CAF_REQUIRE_EQUAL(lent.demand.size(), 2u);
  CAF_CHECK_EQUAL(lent.demand[0].room, 2u);
  CAF_CHECK_EQUAL(lent.demand[1].room, 1u);
  CAF_CHECK_EQUAL(lent.bytes, room_for_bytes / 2);
  CAF_CHECK(borrow().demand.empty()); // once at a time
  poke();
  CAF_REQUIRE_EQUAL(claims.count(), 2u);
  CAF_REQUIRE_EQUAL(claims.last().demand.size(), 1u);
  CAF_CHECK_EQUAL(claims.last().demand[0].room, 2u);
  CAF_CHECK_EQUAL(claims.last().max_bytes, room_for_bytes / 2);
  // For what it had no room for, it looks again.
  give_back();
  CAF_REQUIRE_EQUAL(claims.count(), 3u);
  CAF_CHECK_EQUAL(claims.last().demand.size(), 2u);
  CAF_CHECK_EQUAL(borrow().demand.size(), 2u);
}

CAF_TEST(what comes back while room is asked for takes some of it) {
  run_drained();
  borrow();
  demands.hold();
  poke();
  give_back(batch(1, 1).claimed);
  demands.release();
  settle_messages();
  CAF_REQUIRE_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(claims.last().demand[0].room, 3u);
}

CAF_TEST(what was claimed by a write is dispatched) {
  run_drained();
  borrow();
  give_back(batch(1, 2).claimed);
  CAF_REQUIRE_EQUAL(dispatched.count(), 1u);
  CAF_CHECK_EQUAL(dispatched.last().deliveries.size(), 2u);
  CAF_CHECK_EQUAL(dispatched.last().trusted_until, timespan{7s});
  CAF_CHECK_EQUAL(claims.count(), 1u);
  CAF_CHECK_EQUAL(stats().claimed, 2u);
}

CAF_TEST(a round that begins while room is asked for gets all of it) {
  run_drained();
  demands.hold();
  auto reply = begin<current_demand>(poller, borrow_room{});
  poke();
  demands.release();
  settle_messages();
  CAF_REQUIRE(*reply && **reply);
  CAF_CHECK((**reply)->demand.empty());
  CAF_CHECK_EQUAL(claims.last().demand.at(0).room, 4u);
}

CAF_TEST(the end of duty waits for what is lent) {
  run_drained();
  borrow();
  auto ended = end();
  CAF_CHECK(!*ended);
  give_back(batch(1, 1).claimed);
  CAF_CHECK(*ended);
  CAF_CHECK_EQUAL(dispatched.count(), 1u);
  CAF_CHECK(borrow().demand.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
