#include "backlog_fixture.hpp"

// How claims over two connections fail and end.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(poller_backlog_ends_tests, backlog_fixture)

CAF_TEST(a claim that waits for room is made even if the others find nothing) {
  begin_short_backlog();
  fill(claims);
  end(ahead);
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
  demands.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count(), 3u);
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
  begin_short_backlog();
  fill(claims);
  auto ended = steady_poller_fixture::end();
  fill(ahead);
  CAF_CHECK(*ended);
  demands.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
}

CAF_TEST(room that comes after the end of duty is not used) {
  begin_short_backlog();
  fill(claims);
  auto ended = steady_poller_fixture::end();
  demands.release();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
  CAF_CHECK(!*ended);
  fill(ahead);
  CAF_CHECK(*ended);
}

CAF_TEST(what one claim has left waits until the pause of another is over) {
  begin_short_backlog();
  claims.answer(away);
  demands.release();
  settle_messages();
  CAF_REQUIRE_EQUAL(claims.count(), 3u);
  claims.answer(away); // the second time in a row
  fill(ahead);
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 5u);
  advance(10ms);
  CAF_CHECK_EQUAL(claims.count(), 4u);
}

CAF_TEST(an answer about room that was asked for earlier is not used) {
  begin_short_backlog();
  end(claims);
  end(ahead);
  poke();
  CAF_CHECK_EQUAL(demands.count(), 3u);
  demands.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 4u);
  demands.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 5u);
}

CAF_TEST(a claim that fails in the pause of another makes it longer) {
  begin_short_backlog();
  claims.answer(away);
  demands.release();
  settle_messages();
  CAF_REQUIRE_EQUAL(claims.count(), 3u);
  claims.answer(away); // the second one in a row: 10 ms
  ahead.answer(away);  // the third one: 20 ms
  settle_messages();
  poke();
  advance(19ms);
  CAF_CHECK_EQUAL(claims.count() + ahead.count(), 5u);
  advance(1ms);
  CAF_CHECK_EQUAL(claims.count(), 4u);
}

CAF_TEST_FIXTURE_SCOPE_END()
