#include "inbox_fixture.hpp"

// How long the work of a process that is gone waits for another one.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public inbox_fixture {
public:
  uint32_t number = 0;

  /// Starts an inbox with a handler that never answers.
  inbox_actor start_with(handler_script& mail) {
    mail.hold();
    handlers = {};
    ++random_seed; // of the jitter
    CAF_CHECK(!handlers.on_actor(
      "order", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(mail))));
    run(connection_use::per_role);
    return inbox;
  }

  /// Kills an inbox that has been at a delivery for `age`, and returns how long
  /// it takes until another one, which was there before, is at it.
  timespan take_over_after(timespan age) {
    handler_script first;
    handler_script second;
    auto victim = start_with(first);
    write(++number);
    CAF_REQUIRE_EQUAL(first.count(), 1u);
    auto heir = start_with(second);
    advance(age);
    CAF_REQUIRE_EQUAL(first.count(), 1u);
    CAF_REQUIRE_EQUAL(second.count(), 0u);
    stop(victim); // nothing is settled, nothing given back
    CAF_REQUIRE_EQUAL(status_of(number), status::in_progress);
    auto begin = now();
    while (second.count() == 0 && now() - begin < 120s)
      advance(50ms);
    CAF_CHECK_EQUAL(second.count(), 1u);
    CAF_CHECK_EQUAL(info(number).attempts, 2u);
    auto took = now() - begin;
    second.answer(done()); // nothing is left for the next pair
    settle_messages();
    CAF_CHECK_EQUAL(status_of(number), status::done);
    stop(heir);
    return took;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(takeover_tests, fixture)

CAF_TEST(with the defaults it runs elsewhere within thirty seconds) {
  config.iteration_seed = options{}.iteration_seed;
  // Before and after a renewal, and with all kinds of jitter.
  auto longest = timespan{0};
  for (auto age = timespan{0}; age < config.handler_timeout; age += 90ms)
    longest = std::max(longest, take_over_after(age));
  CAF_MESSAGE("the longest was " << longest);
  CAF_CHECK(longest < 30s);
  CAF_CHECK(longest > config.lease_duration + config.iteration_rate);
}

CAF_TEST(an option brings that down to two seconds) {
  config.handler_timeout = 1400ms;
  config.lease_duration = 1500ms;
  config.iteration_rate = 400ms;
  config.iteration_seed = 0;
  for (auto age = timespan{0}; age < config.handler_timeout; age += 130ms)
    CAF_CHECK(take_over_after(age) < 2s);
}

CAF_TEST_FIXTURE_SCOPE_END()
