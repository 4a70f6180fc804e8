#include "../../messages/backoff.hpp"

#include <caf/test/dsl.hpp>

#include <limits>

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST(the default waits are 5 to 60 seconds and double) {
  backoff x;
  CAF_CHECK_EQUAL(x.min, timespan{5s});
  CAF_CHECK_EQUAL(x.max, timespan{60s});
  CAF_CHECK_EQUAL(x.ceiling(1), timespan{10s});
  CAF_CHECK_EQUAL(x.ceiling(2), timespan{20s});
  CAF_CHECK_EQUAL(x.ceiling(3), timespan{40s});
  CAF_CHECK_EQUAL(x.ceiling(4), timespan{60s});
}

CAF_TEST(no attempt number makes a wait longer than the maximum) {
  for (auto factor : {1.0, 1.5, 2.0, 1000.0}) {
    backoff x{1ms, 24h * 3650, factor};
    auto before = timespan{0};
    for (auto attempt : {0u, 1u, 2u, 3u, 10u, 100u, 1000u, 32767u,
                         std::numeric_limits<uint32_t>::max()}) {
      auto ceiling = x.ceiling(attempt);
      CAF_CHECK(ceiling >= x.min && ceiling <= x.max);
      CAF_CHECK(ceiling >= before);
      before = ceiling;
    }
  }
}

CAF_TEST(a factor of one always waits about the minimum) {
  backoff x{5s, 60s, 1};
  std::mt19937_64 random{1};
  for (auto attempt : {1u, 2u, 1000u})
    CAF_CHECK_EQUAL(x.delay(attempt, random), timespan{5s});
}

CAF_TEST(equal bounds leave nothing to chance) {
  std::mt19937_64 random{1};
  CAF_CHECK_EQUAL((backoff{7s, 7s, 2}).delay(1, random), timespan{7s});
  CAF_CHECK_EQUAL((backoff{0s, 7s, 2}).delay(1, random), timespan{0});
  CAF_CHECK_EQUAL((backoff{0s, 7s, 2}).delay(100, random), timespan{0});
}

CAF_TEST(waits are spread evenly between the bounds) {
  backoff x;
  std::mt19937_64 random{42};
  for (auto attempt : {1u, 2u, 3u, 4u, 99u}) {
    auto ceiling = x.ceiling(attempt);
    auto middle = x.min + (ceiling - x.min) / 2;
    auto early = 0;
    for (int i = 0; i < 1000; ++i) {
      auto wait = x.delay(attempt, random);
      CAF_REQUIRE(wait >= x.min && wait <= ceiling);
      early += wait < middle ? 1 : 0;
    }
    CAF_CHECK(early > 400 && early < 600);
  }
}
