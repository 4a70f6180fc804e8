#pragma once

#include "../messages/backoff.hpp"

#include <caf/error.hpp>

namespace inbox {

/// What durations in the options of nodes may be at most.
inline constexpr timespan longest_pause = std::chrono::hours{24};

/// Returns `errc::invalid` naming "reconnect" if these pauses cannot be.
[[nodiscard]] caf::error check_reconnect(const backoff& x);

} // namespace inbox
