#include "poller_fixture.hpp"

#include <algorithm>

// How a poller gives kept events to handlers that have come.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public steady_poller_fixture {
public:
  /// Has claims find what is given, and those that look first kept events.
  void keep_events(const claimed_deliveries& due) {
    claims.answer_with([due](const claim_deliveries& x) {
      auto result = x.look_first ? claimed_deliveries{} : due;
      result.may_route = x.look_first;
      return result;
    });
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(poller_routing_tests, fixture)

CAF_TEST(kept events are routed once per iteration and not on every poke) {
  set_room({{1, 4}, {2, 3}});
  keep_events({});
  run();
  poke();
  CAF_REQUIRE_EQUAL(routings.count(), 1u);
  CAF_CHECK_EQUAL(routings.last().routes, (std::vector<route_id>{1, 2}));
  CAF_CHECK_GREATER(routings.last().limit, 0u);
  poke();
  poke();
  CAF_CHECK_EQUAL(claims.count(), 3u);
  CAF_CHECK_EQUAL(routings.count(), 1u);
  advance(5s);
  CAF_CHECK_EQUAL(routings.count(), 2u);
  // One looks through all, one finds them, and one is for what they became.
  CAF_CHECK_EQUAL(claims.count(), 6u);
}

CAF_TEST(kept events are routed before the claim) {
  run();
  routings.hold();
  poke();
  CAF_CHECK_EQUAL(routings.count(), 1u);
  CAF_CHECK_EQUAL(claims.count(), 0u);
  routings.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 1u);
}

CAF_TEST(routing goes on at once while its batches are full) {
  run();
  uint32_t left = 2500;
  routings.answer_with([&left](const route_events& x) {
    auto n = std::min(left, x.limit);
    left -= n;
    return routed_events{n};
  });
  poke();
  CAF_CHECK_EQUAL(left, 0u);
  CAF_CHECK_EQUAL(routings.count(), 3u);
  CAF_CHECK_EQUAL(claims.count(), 3u);
}

CAF_TEST(kept events are also routed for keys that are busy) {
  current_demand full;
  full.routes = {1};
  demands.answer_with([full](const get_demand&) { return full; });
  run();
  poke();
  CAF_CHECK_EQUAL(routings.count(), 1u);
  CAF_CHECK_EQUAL(claims.count(), 0u);
}

CAF_TEST(a claim by the clock tells whether events are kept) {
  run();
  poke();
  CAF_REQUIRE_EQUAL(routings.count(), 1u);
  advance(5s);
  CAF_CHECK(claims.last().look_first);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(routings.count(), 1u);
  keep_events({});
  advance(5s);
  CAF_CHECK_EQUAL(routings.count(), 2u);
  CAF_CHECK(!claims.last().look_first);
  poke();
  CAF_CHECK_EQUAL(routings.count(), 2u);
}

CAF_TEST(a claim that fails by the clock has told nothing of kept events) {
  run();
  poke();
  claims.fail_next(away);
  advance(5s);
  CAF_REQUIRE_EQUAL(routings.count(), 1u);
  poke();
  CAF_CHECK_EQUAL(routings.count(), 2u);
}

CAF_TEST(kept events of a key without room are looked for by themselves) {
  current_demand partly{{{1, 4}}, {1, 2}, 1000};
  demands.answer_with([&](const get_demand&) { return partly; });
  run();
  poke();
  CAF_REQUIRE_EQUAL(routings.count(), 1u);
  advance(5s);
  CAF_CHECK_EQUAL(routings.count(), 2u);
}

CAF_TEST(a new handler gets what was kept for it at once) {
  run();
  poke();
  auto before = routings.count();
  poke();
  CAF_CHECK_EQUAL(routings.count(), before);
  set_room({{1, 4}, {2, 4}});
  poke();
  CAF_CHECK_EQUAL(routings.count(), before + 1);
}

// -- errors of the store ------------------------------------------------------

CAF_TEST(after a failed routing the next iteration tries again) {
  keep_events(batch(1, 1));
  run();
  routings.fail_next(away);
  poke();
  CAF_CHECK_EQUAL(routings.count(), 1u);
  CAF_CHECK_EQUAL(claims.count(), 0u);
  advance(5s);
  CAF_CHECK_EQUAL(routings.count(), 2u);
  CAF_CHECK_EQUAL(dispatched.count(), 1u);
}

CAF_TEST(after a failed routing the next poke tries again) {
  run();
  routings.fail_next(away);
  poke();
  poke();
  CAF_CHECK_EQUAL(routings.count(), 2u);
  CAF_CHECK_EQUAL(claims.count(), 1u);
}

CAF_TEST(what cannot be routed does not hold up what can be claimed) {
  keep_events(batch(1, 1));
  run();
  size_t n = 0;
  for (auto code : {errc::timeout, errc::storage_failed, errc::busy}) {
    routings.fail_next(make_error(code, "store", "no"));
    if (n == 0)
      advance(5s); // by the clock
    else
      poke();
    CAF_CHECK_EQUAL(routings.count(), ++n);
    CAF_CHECK_EQUAL(dispatched.count(), n);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
