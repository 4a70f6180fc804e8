#pragma once

#include "../messages/claim.hpp"

#include <cstdint>
#include <utility>

namespace inbox {

/// Tells whether an unfinished delivery without a live lease may be what kills
/// its processes: `leased` is whether a lease is there that nobody has ended.
[[nodiscard]] constexpr bool is_perilous(bool leased, uint32_t attempts,
                                         uint32_t max_attempts) {
  return leased && attempts >= perilous_attempts(max_attempts)
         && attempts < max_attempts;
}

/// Tells which perilous deliveries a claim takes, of those it comes across,
/// oldest first: see `claim_deliveries::max_perilous`.
class perilous_choice {
public:
  explicit perilous_choice(const claim_deliveries& x)
    : lone_from_(lone_attempts(x.max_attempts)),
      room_(x.max_perilous) {
  }

  [[nodiscard]] bool take(uint32_t attempts) {
    auto is_lone = attempts >= lone_from_;
    auto is_first = !std::exchange(seen_, true);
    if (room_ == 0 || (is_lone && !is_first))
      return false;
    room_ = is_lone ? 0 : room_ - 1;
    return true;
  }

private:
  uint32_t lone_from_;
  uint32_t room_;
  bool seen_ = false;
};

} // namespace inbox
