#include "../../storage/payload_blocks.hpp"

#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

// Payloads that share memory.

using namespace inbox;

namespace {

std::string text(size_t n, size_t bytes) {
  std::string result(bytes, static_cast<char>('a' + n % 26));
  return result;
}

/// Whether the second begins where the first one ends.
bool adjoin(const payload& x, const payload& y) {
  return x.data() + x.size() == y.data();
}

} // namespace

CAF_TEST(all of them keep what they were) {
  for (size_t bytes : {1u, 7u, 200u, 511u, 512u, 513u, 4096u, 10000u}) {
    payload_blocks blocks;
    std::vector<payload> all;
    for (size_t n = 0; n < 100; ++n)
      all.push_back(blocks.copy(text(n, bytes)));
    for (size_t n = 0; n < 100; ++n)
      CAF_CHECK(all[n] == payload{text(n, bytes)});
  }
}

CAF_TEST(small ones share memory) {
  payload_blocks blocks;
  size_t shared = 0;
  payload last;
  for (size_t n = 0; n < 1000; ++n) {
    auto next = blocks.copy(text(n, 100));
    shared += adjoin(last, next) ? 1 : 0;
    last = next;
  }
  CAF_CHECK_GREATER(shared, 950u); // 40 in a block
}

CAF_TEST(large ones are alone) {
  payload_blocks blocks;
  auto small = blocks.copy(text(0, 100));
  auto large = blocks.copy(text(1, 513));
  CAF_CHECK(!adjoin(small, large));
}

CAF_TEST(what was copied outlives who copied it) {
  payload kept;
  {
    payload_blocks blocks;
    static_cast<void>(blocks.copy(text(0, 100)));
    kept = blocks.copy(text(1, 100));
    static_cast<void>(blocks.copy(text(2, 100)));
  }
  CAF_CHECK(kept == payload{text(1, 100)});
}

CAF_TEST(nothing takes no memory) {
  payload_blocks blocks;
  CAF_CHECK(blocks.copy({}) == payload{});
  CAF_CHECK_EQUAL(blocks.copy({}).size(), 0u);
}
