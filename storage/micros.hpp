#pragma once

#include "../messages/types.hpp"

#include <chrono>
#include <cstdint>

namespace inbox {

/// Rounds a duration down to what stores keep.
[[nodiscard]] constexpr std::chrono::microseconds micros(timespan x) {
  return std::chrono::floor<std::chrono::microseconds>(x);
}

/// Returns microseconds since the Unix epoch, negative before it.
[[nodiscard]] constexpr int64_t to_number(timestamp x) {
  return x.time_since_epoch().count();
}

/// Reverses `to_number`.
[[nodiscard]] constexpr timestamp to_timestamp(int64_t x) {
  return timestamp{std::chrono::microseconds{x}};
}

} // namespace inbox
