#include "poller_fixture.hpp"

#include "../../actors/monotonic.hpp"

// The rest of a poller's round: by the clock, errors, the end.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(poller_rounds_tests, steady_poller_fixture)

CAF_TEST(only a round by the clock looks first) {
  set_room({{1, 4}});
  run();
  poke();
  CAF_REQUIRE_EQUAL(claims.count(), 1u);
  CAF_CHECK(!claims.last().look_first);
  advance(5s);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK(claims.last().look_first);
  poke();
  CAF_CHECK(!claims.last().look_first);
  // A poke in the midst of a round by the clock is a round of its own, and the
  // clock's turn in the midst of a round by a poke is none.
  claims.hold();
  advance(5s);
  CAF_CHECK(claims.last().look_first);
  poke();
  claims.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 5u);
  CAF_CHECK(!claims.last().look_first);
}

// -- errors of the store ------------------------------------------------------

CAF_TEST(after a failed claim the next iteration tries again) {
  run();
  claims.fail_next(away);
  poke();
  CAF_CHECK_EQUAL(claims.count(), 1u);
  advance(4999ms);
  CAF_CHECK_EQUAL(claims.count(), 1u);
  claim_once(batch(1, 1));
  advance(1ms);
  CAF_CHECK_EQUAL(claims.count(), 2u);
  CAF_CHECK_EQUAL(dispatched.count(), 1u);
}

CAF_TEST(a poke that arrives during a failing claim is not lost) {
  run();
  claims.hold();
  poke();
  poke();
  claims.answer(away);
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 2u);
  claims.answer(away);
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 2u); // and does not turn in circles
}

// -- the end ------------------------------------------------------------------

CAF_TEST(the end of duty is answered at once between two rounds) {
  run();
  poke();
  CAF_CHECK(*end());
  CAF_CHECK(*end());
  poke();
  advance(60s);
  CAF_CHECK_EQUAL(claims.count(), 1u);
  CAF_CHECK_EQUAL(demands.count(), 1u);
}

CAF_TEST(the end of duty waits for a claim on its way and dispatches it) {
  run();
  claims.hold();
  poke();
  auto ended = end();
  CAF_CHECK(!*ended);
  claims.answer(batch(1, 4));
  settle_messages();
  CAF_CHECK(*ended);
  CAF_REQUIRE_EQUAL(dispatched.count(), 1u);
  CAF_CHECK_EQUAL(dispatched.last().deliveries.size(), 4u);
  // It filled its room, but there is no next one.
  CAF_CHECK_EQUAL(claims.count(), 1u);
}

CAF_TEST(the end of duty during an earlier step means no claim) {
  run();
  routings.hold();
  poke();
  auto ended = end();
  CAF_CHECK(!*ended);
  routings.release();
  settle_messages();
  CAF_CHECK(*ended);
  CAF_CHECK_EQUAL(claims.count(), 0u);
}

CAF_TEST(the end of duty waits for a claim that fails) {
  run();
  claims.hold();
  poke();
  auto ended = end();
  claims.answer(away);
  settle_messages();
  CAF_CHECK(*ended);
}

CAF_TEST(leases are good from the moment of asking for them) {
  run();
  claims.hold();
  poke();
  auto asked = monotonic_now(&*self);
  advance(3s);
  claims.answer(batch(1, 1));
  settle_messages();
  CAF_REQUIRE_EQUAL(dispatched.count(), 1u);
  CAF_CHECK_EQUAL(dispatched.last().trusted_until,
                  asked + config.lease_duration / 6 * 5);
}

CAF_TEST(a claim asks for no more bytes than there is room for) {
  room_for_bytes = 300;
  set_room({{1, 4}});
  run();
  poke();
  CAF_CHECK_EQUAL(claims.last().max_bytes, 300u);
  room_for_bytes = uint64_t{1} << 40;
  set_room({{1, 4}});
  poke();
  CAF_CHECK_EQUAL(claims.last().max_bytes, 16u * 1024 * 1024);
}

CAF_TEST(a claim that ended for its size is followed by another) {
  set_room({{1, 4}});
  run();
  auto before = claims.count();
  auto reply = batch(1, 1);
  reply.more = true;
  claim_once(reply);
  poke();
  CAF_CHECK_EQUAL(claims.count(), before + 2);
}

CAF_TEST_FIXTURE_SCOPE_END()
