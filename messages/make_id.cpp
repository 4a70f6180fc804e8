#include "make_id.hpp"

#include <boost/uuid/random_generator.hpp>

#include <cstddef>
#include <cstdint>

namespace inbox {

uuid make_id() {
  static thread_local boost::uuids::random_generator random;
  return make_id(std::chrono::system_clock::now(), random());
}

uuid make_id(std::chrono::system_clock::time_point at, const uuid& random) {
  using namespace std::chrono;
  auto since = duration_cast<nanoseconds>(at.time_since_epoch());
  auto whole = floor<milliseconds>(since);
  auto fraction = static_cast<uint64_t>((since - whole).count()) * 4096
                  / 1000000;
  // 48 bits of milliseconds, the version, 12 bits of the fraction.
  auto front = static_cast<uint64_t>(whole.count()) << 16 | 0x7000 | fraction;
  auto result = random;
  for (size_t i = 0; i < 8; ++i)
    result.data[i] = static_cast<uint8_t>(front >> (56 - 8 * i));
  // The variant.
  result.data[8] = static_cast<uint8_t>((result.data[8] & 0x3f) | 0x80);
  return result;
}

} // namespace inbox
