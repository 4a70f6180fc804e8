#include "poller_fixture.hpp"

// What a poller does while the store fails again and again.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(poller_pauses_tests, steady_poller_fixture)

CAF_TEST(while claims fail in a row pokes wait for a growing pause) {
  run();
  for (auto i = 0; i < 30; ++i)
    claims.fail_next(away);
  poke();
  poke(); // one failure may be by chance
  CAF_CHECK_EQUAL(claims.count(), 2u);
  size_t tries = 2;
  for (auto pause : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms}) {
    poke();
    poke();
    advance(pause - 1ms);
    CAF_CHECK_EQUAL(claims.count(), tries);
    advance(1ms);
    CAF_CHECK_EQUAL(claims.count(), ++tries);
  }
  poke();
  advance(999ms);
  CAF_CHECK_EQUAL(claims.count(), tries);
  advance(1ms);
  CAF_CHECK_EQUAL(claims.count(), tries + 1);
  // Without a poke there is only the iteration.
  advance(1s);
  CAF_CHECK_EQUAL(claims.count(), tries + 1);
}

CAF_TEST(after a success pokes are heard at once again) {
  run();
  claims.fail_next(away);
  claims.fail_next(away);
  poke();
  poke();
  poke();
  advance(10ms);
  CAF_CHECK_EQUAL(claims.count(), 3u);
  poke();
  poke();
  CAF_CHECK_EQUAL(claims.count(), 5u);
  claims.fail_next(away);
  poke();
  poke();
  CAF_CHECK_EQUAL(claims.count(), 7u);
}

CAF_TEST(the end of duty during a pause is answered at once) {
  run();
  claims.fail_next(away);
  claims.fail_next(away);
  poke();
  poke();
  poke();
  CAF_CHECK(*end());
  advance(10s);
  CAF_CHECK_EQUAL(claims.count(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
