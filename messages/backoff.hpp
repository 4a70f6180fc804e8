#pragma once

#include "types.hpp"

#include <cstdint>
#include <random>

namespace inbox {

/// How long a failed delivery waits for its next attempt.
struct backoff {
  timespan min = std::chrono::seconds{5};
  timespan max = std::chrono::seconds{60};
  double factor = 2;

  /// Returns the upper end of the wait after `attempt` (from 1):
  /// min * factor^attempt, and at most `max`.
  [[nodiscard]] timespan ceiling(uint32_t attempt) const;

  /// Returns a wait drawn evenly between `min` and `ceiling(attempt)`, so that
  /// what failed together does not come back together.
  [[nodiscard]] timespan delay(uint32_t attempt, std::mt19937_64& random) const;
};

} // namespace inbox
