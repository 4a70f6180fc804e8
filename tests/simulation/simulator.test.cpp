#include "simulator.hpp"

#include <caf/test/unit_test.hpp>

#include <set>

using namespace simulation;

CAF_TEST(a seed gives the same course again alone or after others) {
  simulator many;
  std::vector<uint64_t> digests;
  for (uint64_t seed = 1; seed <= 20; ++seed)
    digests.push_back(many.run(seed).digest);
  std::set<uint64_t> different{digests.begin(), digests.end()};
  CAF_CHECK_EQUAL(different.size(), digests.size());
  for (uint64_t seed : {1, 7, 20}) {
    simulator one;
    CAF_CHECK_EQUAL(one.run(seed).digest, digests[seed - 1]);
    CAF_CHECK_EQUAL(many.run(seed).digest, digests[seed - 1]);
  }
}

CAF_TEST(seeds are about all that may happen) {
  simulator all;
  report sum;
  for (uint64_t seed = 1; seed <= 2000; ++seed)
    sum.add(all.run(seed));
  CAF_CHECK(sum.good());
  CAF_CHECK(sum.found.acknowledged > 1000);
  CAF_CHECK(sum.calls > sum.found.acknowledged);
  CAF_CHECK(sum.kills > 100);
  CAF_CHECK(sum.stalls > 100);
  CAF_CHECK(sum.outages > 50);
  // It takes a row of accidents until what was handled is handled again.
  CAF_CHECK(sum.repeated < sum.calls / 400);
  CAF_CHECK(sum.canceled < sum.calls / 400);
}
