#pragma once

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

} // namespace inbox
