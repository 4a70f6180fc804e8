#include "../../storage/postgres/duplicate_watch.hpp"

#include <caf/test/unit_test.hpp>

// When events are taken to be new.

using namespace inbox::postgres;
using namespace std::chrono_literals;

CAF_TEST(none is expected before the first duplicate and a while after each) {
  duplicate_watch watch;
  auto now = clock::now();
  CAF_CHECK(watch.expects_none(now));
  watch.saw_one(now);
  CAF_CHECK(!watch.expects_none(now));
  CAF_CHECK(!watch.expects_none(now + time_of_duplicates - 1ms));
  CAF_CHECK(watch.expects_none(now + time_of_duplicates));
  watch.saw_one(now + 30s);
  CAF_CHECK(!watch.expects_none(now + time_of_duplicates));
  CAF_CHECK(watch.expects_none(now + 30s + time_of_duplicates));
}
