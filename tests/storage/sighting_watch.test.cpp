#include "../../storage/postgres/sighting_watch.hpp"

#include <caf/test/unit_test.hpp>

// Which statement is tried first.

using namespace inbox::postgres;
using namespace std::chrono_literals;

CAF_TEST(none is expected before the first sighting and a while after each) {
  sighting_watch watch{1min};
  auto now = clock::now();
  CAF_CHECK(watch.expects_none(now));
  watch.saw_one(now);
  CAF_CHECK(!watch.expects_none(now));
  CAF_CHECK(!watch.expects_none(now + 1min - 1ms));
  CAF_CHECK(watch.expects_none(now + 1min));
  watch.saw_one(now + 30s);
  CAF_CHECK(!watch.expects_none(now + 1min));
  CAF_CHECK(watch.expects_none(now + 90s));
}
