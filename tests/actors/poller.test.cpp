#include "poller_fixture.hpp"

#include <algorithm>

// When a poller claims, and what it does with the result.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(poller_tests, poller_fixture)

// -- what it claims -----------------------------------------------------------

CAF_TEST(a claim asks for the room that there is) {
  set_room({{1, 4}, {2, 3}});
  run();
  poke();
  CAF_REQUIRE_EQUAL(claims.count(), 1u);
  auto& asked = claims.last();
  CAF_CHECK_EQUAL(asked.owner, config.owner);
  CAF_REQUIRE_EQUAL(asked.demand.size(), 2u);
  CAF_CHECK_EQUAL(asked.demand[0].route, 1);
  CAF_CHECK_EQUAL(asked.demand[0].room, 4u);
  CAF_CHECK_EQUAL(asked.demand[1].route, 2);
  CAF_CHECK_EQUAL(asked.demand[1].room, 3u);
  CAF_CHECK_EQUAL(asked.limit, 7u);
  CAF_CHECK_EQUAL(asked.lease_duration, timespan{20s});
  CAF_CHECK_EQUAL(asked.max_attempts, 3u);
}

CAF_TEST(a claim is no larger than a batch) {
  set_room({{1, 4'000'000'000}, {2, 4'000'000'000}});
  run();
  poke();
  CAF_CHECK_EQUAL(claims.last().limit, 10u);
}

CAF_TEST(what was claimed goes to the dispatcher) {
  run();
  claim_once(batch(1, 2));
  poke();
  CAF_REQUIRE_EQUAL(dispatched.count(), 1u);
  auto& deliveries = dispatched.last().deliveries;
  CAF_REQUIRE_EQUAL(deliveries.size(), 2u);
  CAF_CHECK(deliveries[0].lease == nth_lease(1));
  CAF_CHECK(deliveries[1].lease == nth_lease(2));
  CAF_CHECK_EQUAL(stats().claimed, 2u);
  CAF_CHECK_EQUAL(deaths.count(), 0u);
}

CAF_TEST(what was buried is told) {
  run();
  claimed_deliveries reply;
  reply.buried.push_back({nth_id(5), "order", "mail", 1, 3, "no paper"});
  claim_once(reply);
  poke();
  CAF_REQUIRE_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(deaths.last().event_id, nth_id(5));
  CAF_CHECK_EQUAL(deaths.last().event_type, "order");
  CAF_CHECK_EQUAL(deaths.last().handler_key, "mail");
  CAF_CHECK_EQUAL(deaths.last().attempts, 3u);
  CAF_CHECK_EQUAL(deaths.last().message, "no paper");
  CAF_CHECK_EQUAL(stats().dead, 1u);
  CAF_CHECK_EQUAL(dispatched.count(), 0u);
}

// -- when it claims -----------------------------------------------------------

CAF_TEST(a poller wakes at the iteration rate with jitter) {
  run();
  size_t seen = 0;
  std::vector<timespan> pauses;
  auto last = now();
  while (pauses.size() < 200) {
    advance(10ms);
    if (claims.count() == seen)
      continue;
    CAF_REQUIRE_EQUAL(claims.count(), ++seen);
    pauses.push_back(now() - last);
    last = now();
  }
  auto [least, most] = std::minmax_element(pauses.begin(), pauses.end());
  CAF_CHECK_GREATER_OR_EQUAL(*least, timespan{4990ms});
  CAF_CHECK_LESS_OR_EQUAL(*most, timespan{7010ms});
  // It makes use of the whole range.
  CAF_CHECK_LESS(*least, timespan{5200ms});
  CAF_CHECK_GREATER(*most, timespan{6800ms});
}

CAF_TEST(without jitter the rate is exact) {
  config.iteration_jitter = timespan{0};
  run();
  advance(4999ms);
  CAF_CHECK_EQUAL(claims.count(), 0u);
  advance(1ms);
  CAF_CHECK_EQUAL(claims.count(), 1u);
  advance(50s);
  CAF_CHECK_EQUAL(claims.count(), 11u);
}

CAF_TEST(no room means no claim) {
  set_room({});
  run();
  poke();
  advance(60s);
  CAF_CHECK_GREATER(demands.count(), 8u);
  CAF_CHECK_EQUAL(claims.count(), 0u);
  CAF_CHECK_EQUAL(routings.count(), 0u);
}

CAF_TEST(pokes during a round count as one) {
  run();
  claims.hold();
  poke();
  CAF_CHECK_EQUAL(claims.count(), 1u);
  poke();
  poke();
  poke();
  CAF_CHECK_EQUAL(claims.count(), 1u); // one claim at a time
  claims.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 2u);
  claims.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 2u);
}

CAF_TEST(a full batch is followed by another claim at once) {
  set_room({{1, 100}});
  run();
  claim_once(batch(1, 10));
  poke();
  CAF_CHECK_EQUAL(claims.count(), 2u);
}

CAF_TEST(buried deliveries count for a full batch) {
  set_room({{1, 100}});
  run();
  auto reply = batch(1, 9);
  reply.buried.push_back({nth_id(10), "order", "mail", 1, 3, ""});
  claim_once(reply);
  poke();
  CAF_CHECK_EQUAL(claims.count(), 2u);
}

CAF_TEST(a filled route is followed by another claim at once) {
  set_room({{1, 4}, {2, 2}});
  run();
  claim_once(batch(1, 2, 2));
  poke();
  CAF_CHECK_EQUAL(claims.count(), 2u);
}

CAF_TEST(a claim asks for as many perilous ones as there is room for) {
  run();
  poke();
  CAF_CHECK_EQUAL(claims.last().max_perilous, 0u);
  demands.answer_with([](const get_demand&) {
    return current_demand{{{1, 4}}, {1}, 1000, 1};
  });
  auto reply = batch(1, 1);
  reply.claimed[0].perilous = true;
  claim_once(reply);
  poke();
  CAF_CHECK_EQUAL(claims.last().max_perilous, 1u);
  CAF_CHECK(dispatched.last().deliveries[0].perilous);
  // Others of the kind may have been in the way of more.
  CAF_CHECK_EQUAL(claims.count(), 3u);
}

CAF_TEST(anything less waits for the next iteration) {
  set_room({{1, 4}, {2, 2}});
  run();
  auto reply = batch(1, 3, 1);
  reply.claimed.push_back(nth_delivery(9, 2));
  claim_once(reply);
  poke();
  CAF_CHECK_EQUAL(claims.count(), 1u);
  CAF_CHECK_EQUAL(dispatched.last().deliveries.size(), 4u);
}

CAF_TEST_FIXTURE_SCOPE_END()
