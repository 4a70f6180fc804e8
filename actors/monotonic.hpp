#pragma once

#include "../messages/types.hpp"

#include <caf/actor_clock.hpp>

#include <chrono>

namespace inbox {

/// Returns the time since the epoch of this process's monotonic clock, which no
/// change of the date moves. It stands still while the machine is suspended;
/// what was overslept is for the fence to catch.
template <class Self>
[[nodiscard]] timespan monotonic_now(Self self) {
  return std::chrono::duration_cast<timespan>(
    self->clock().now().time_since_epoch());
}

/// Returns how long the holder of a lease may rely on it from the moment of
/// asking for it: the last sixth is left for handlers to notice that they were
/// canceled.
[[nodiscard]] constexpr timespan trust_in(timespan lease_duration) {
  return lease_duration / 6 * 5;
}

/// Returns the time that a canceled handler has to notice it.
[[nodiscard]] constexpr timespan cancel_patience(timespan lease_duration) {
  return lease_duration / 6;
}

} // namespace inbox
