#pragma once

#include <algorithm>
#include <cstdint>

namespace inbox {

/// For how many perilous deliveries one process has room, see
/// `perilous_attempts`: for one to begin with, and for none until it has ended.
/// What kills its process does not let it get any further; where processes died
/// of something else, all soon goes on as before.
class perilous_room {
public:
  /// Most at a time: then a claim for each batch costs little.
  static constexpr uint32_t most = 256;

  /// Returns for how many there is room now: for twice as many as the process
  /// has outlived at once.
  [[nodiscard]] uint32_t get() const noexcept {
    return here_ == 0 ? std::clamp(2 * most_here_, 1u, most) : 0;
  }

  void begin() noexcept {
    most_here_ = std::max(most_here_, ++here_);
  }

  void end() noexcept {
    --here_;
  }

private:
  uint32_t here_ = 0;
  uint32_t most_here_ = 0;
};

} // namespace inbox
