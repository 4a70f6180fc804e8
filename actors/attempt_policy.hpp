#pragma once

#include "../messages/backoff.hpp"
#include "../messages/claim.hpp"
#include "../messages/settlement.hpp"

#include <cstdint>
#include <random>

namespace inbox {

/// Returns how to settle an attempt that ended with a verdict that is not
/// followed by a retry after a failure: done, dead or snoozed.
[[nodiscard]] settlement end_of(const lease& which, const outcome& result);

/// Decides what follows from the end of an attempt: pure, no clock, no store.
struct attempt_policy {
  uint32_t max_attempts = 5;
  inbox::backoff backoff;

  /// Returns how to settle `attempt` after `result`: a failure of the last
  /// attempt is dead, others are due again after the backoff.
  [[nodiscard]] settlement settle(const claimed_delivery& attempt,
                                  const outcome& result,
                                  std::mt19937_64& random) const;
};

} // namespace inbox
