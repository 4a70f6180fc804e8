#pragma once

#include <cstdint>

namespace inbox {

/// Counts the payloads of one answer. The first one fits whatever its size is.
class byte_budget {
public:
  explicit byte_budget(uint64_t limit) noexcept : limit_(limit) {
    // nop
  }

  /// Returns false if `size` does not fit any more.
  [[nodiscard]] bool take(uint64_t size) noexcept {
    if (!first_ && (size > limit_ || taken_ > limit_ - size))
      return false;
    first_ = false;
    taken_ += size;
    return true;
  }

private:
  uint64_t limit_;
  uint64_t taken_ = 0;
  bool first_ = true;
};

} // namespace inbox
