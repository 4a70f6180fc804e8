#include "../../actors/attempt_policy.hpp"

#include "../support/samples.hpp"

#include <caf/test/unit_test.hpp>

#include <set>

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  attempt_policy policy{3, {2s, 20s, 2}};
  std::mt19937_64 random{42};

  settlement settle(uint32_t attempt, const outcome& result) {
    return policy.settle(nth_delivery(7, 1, attempt), result, random);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(attempt_policy_tests, fixture)

CAF_TEST(done is done whatever the attempt) {
  for (uint32_t attempt : {1u, 3u, 9u}) {
    auto end = settle(attempt, done());
    CAF_CHECK_EQUAL(end.verdict, verdict::done);
    CAF_CHECK_EQUAL(end.delay, timespan{0});
    CAF_CHECK_EQUAL(end.message, "");
  }
}

CAF_TEST(the settlement carries the lease of the attempt) {
  CAF_CHECK(settle(1, done()).lease == nth_lease(7));
}

CAF_TEST(a failure before the last attempt is due again after the backoff) {
  for (uint32_t attempt : {1u, 2u}) {
    std::set<timespan> delays;
    for (int i = 0; i < 100; ++i) {
      auto end = settle(attempt, failed("no paper"));
      CAF_CHECK_EQUAL(end.verdict, verdict::failed);
      CAF_CHECK_EQUAL(end.message, "no paper");
      CAF_CHECK_GREATER_OR_EQUAL(end.delay, timespan{2s});
      CAF_CHECK_LESS_OR_EQUAL(end.delay, policy.backoff.ceiling(attempt));
      delays.insert(end.delay);
    }
    CAF_CHECK_GREATER(delays.size(), 90u); // spread out, not in step
  }
}

CAF_TEST(a failure of the last attempt is dead) {
  for (uint32_t attempt : {3u, 4u}) {
    auto end = settle(attempt, failed("no paper"));
    CAF_CHECK_EQUAL(end.verdict, verdict::dead);
    CAF_CHECK_EQUAL(end.message, "no paper");
    CAF_CHECK_EQUAL(end.delay, timespan{0});
  }
}

CAF_TEST(dead is dead at the first attempt) {
  auto end = settle(1, dead("no such customer"));
  CAF_CHECK_EQUAL(end.verdict, verdict::dead);
  CAF_CHECK_EQUAL(end.message, "no such customer");
}

CAF_TEST(a snoozed attempt keeps its delay also at the last attempt) {
  auto end = settle(3, snoozed(90s));
  CAF_CHECK_EQUAL(end.verdict, verdict::snoozed);
  CAF_CHECK_EQUAL(end.delay, timespan{90s});
}

CAF_TEST(a delay that makes no sense is brought into range) {
  CAF_CHECK_EQUAL(settle(1, snoozed(-5s)).delay, timespan{0});
  auto ten_years = std::chrono::hours{24 * 3650};
  CAF_CHECK_EQUAL(settle(1, snoozed(timespan::max())).delay,
                  timespan{ten_years});
}

CAF_TEST(a handler cannot give work back without an end) {
  outcome released;
  released.verdict = verdict::released;
  auto end = settle(1, released);
  CAF_CHECK_EQUAL(end.verdict, verdict::failed);
  CAF_CHECK_EQUAL(end.message, "the handler answered \"released\"");
  CAF_CHECK_EQUAL(settle(3, released).verdict, verdict::dead);
  auto unknown = static_cast<verdict>(77);
  end = settle(1, {unknown, "x", timespan::max()});
  CAF_CHECK_EQUAL(end.verdict, verdict::failed);
  CAF_CHECK_EQUAL(end.message, "the handler answered \"unknown(77)\"");
  CAF_CHECK_EQUAL(settle(3, {unknown, {}, {}}).verdict, verdict::dead);
}

CAF_TEST(messages are made storable) {
  std::string broken{"a\0b\xff", 4};
  CAF_CHECK_EQUAL(settle(1, failed(broken)).message, "a?b?");
  CAF_CHECK_EQUAL(settle(1, dead(broken)).message, "a?b?");
  auto longer = std::string(max_message_bytes + 1, 'x');
  CAF_CHECK_EQUAL(settle(1, failed(longer)).message.size(), max_message_bytes);
}

CAF_TEST_FIXTURE_SCOPE_END()
