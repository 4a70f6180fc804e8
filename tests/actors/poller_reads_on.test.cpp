#include "poller_fixture.hpp"

// How the poller lets the store read on from claim to claim.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(poller_reads_on_tests, steady_poller_fixture)

CAF_TEST(claims read on for a while and then look through all) {
  run();
  poke();
  CAF_CHECK(!claims.last().read_on);
  poke();
  CAF_CHECK(claims.last().read_on);
  advance(249ms);
  poke();
  CAF_CHECK(claims.last().read_on);
  advance(1ms);
  CAF_CHECK_EQUAL(claims.count(), 4u);
  CAF_CHECK(!claims.last().read_on);
  CAF_CHECK(claims.last().look_first);
  // Nothing was passed by since.
  advance(1s);
  CAF_CHECK_EQUAL(claims.count(), 4u);
  poke();
  CAF_CHECK(!claims.last().read_on);
}

CAF_TEST(a backlog is looked through in between) {
  run();
  claims.answer_with([this](const claim_deliveries&) { return batch(1, 4); });
  claims.hold();
  poke();
  auto whole = 0;
  for (auto i = 0; i < 100; ++i) {
    whole += claims.last().read_on ? 0 : 1;
    advance(10ms);
    claims.answer_oldest();
    settle_messages();
  }
  // The first one took 10 ms, so they read on for half a second.
  CAF_CHECK_EQUAL(claims.count(), 101u);
  CAF_CHECK_EQUAL(whole, 2);
}

CAF_TEST(the end of duty waits for no look) {
  run();
  poke();
  poke();
  end();
  advance(1min);
  CAF_CHECK_EQUAL(claims.count(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
