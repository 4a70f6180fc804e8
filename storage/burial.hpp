#pragma once

#include "../messages/claim.hpp"

#include <cstdint>
#include <string>

namespace inbox {

/// Returns the message of a delivery that is buried because nobody ended its
/// last attempt: the process died, or lost the store.
[[nodiscard]] inline std::string expired_message(uint32_t attempts,
                                                 uint32_t max_attempts) {
  return "lease expired on attempt " + std::to_string(attempts) + " of "
         + std::to_string(max_attempts);
}

/// Tells whether an unfinished delivery without a live lease may be what kills
/// its processes: `leased` is whether a lease is there that nobody has ended.
[[nodiscard]] constexpr bool is_perilous(bool leased, uint32_t attempts,
                                         uint32_t max_attempts) {
  return leased && attempts >= perilous_attempts(max_attempts)
         && attempts < max_attempts;
}

} // namespace inbox
