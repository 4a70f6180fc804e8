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

  /// Returns for how many there is room now.
  [[nodiscard]] uint32_t get() const noexcept {
    return here_ == 0 ? room_ : 0;
  }

  void begin() noexcept {
    ++here_;
    together_ = std::max(together_, here_);
  }

  /// Ends one. Having outlived several at once, the process may have twice as
  /// many the next time.
  void end() noexcept {
    if (--here_ > 0)
      return;
    room_ = std::max(room_, std::min(2 * together_, most));
    together_ = 0;
  }

private:
  uint32_t here_ = 0;
  /// How many have been here since there was none.
  uint32_t together_ = 0;
  uint32_t room_ = 1;
};

} // namespace inbox
