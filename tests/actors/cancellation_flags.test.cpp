#include "../../actors/cancellation_flags.hpp"

#include <caf/test/unit_test.hpp>

#include <memory>
#include <vector>

// Flags that share memory are flags of their own.

using namespace inbox;

namespace {

constexpr size_t many = 200;

std::vector<cancellation> make(cancellation_flags& from) {
  std::vector<cancellation> result;
  while (result.size() < many)
    result.push_back(from.next());
  return result;
}

} // namespace

CAF_TEST(who is canceled is canceled alone) {
  cancellation_flags flags;
  auto all = make(flags);
  for (auto& x : all)
    CAF_CHECK(!x.requested());
  for (size_t i = 0; i < many; i += 3)
    all[i].request();
  for (size_t i = 0; i < many; ++i)
    CAF_CHECK_EQUAL(all[i].requested(), i % 3 == 0);
}

CAF_TEST(copies share a flag and outlive all others) {
  auto flags = std::make_unique<cancellation_flags>();
  auto all = make(*flags);
  auto copy = all[70];
  auto other = all[71];
  flags.reset();
  all[70].request();
  all.clear();
  CAF_CHECK(copy.requested());
  CAF_CHECK(!other.requested());
}

CAF_TEST(a new flag is not one that was requested) {
  cancellation_flags flags;
  for (auto n = 0; n < 1000; ++n) {
    auto x = flags.next();
    CAF_CHECK(!x.requested());
    x.request();
  }
}
