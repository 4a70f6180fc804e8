#pragma once

#include "../../messages/types.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace inbox::postgres {

/// The clock of this node's own deadlines. It does not jump.
using clock = std::chrono::steady_clock;

/// Until when something may take.
using deadline = clock::time_point;

/// Returns the deadline `span` from now.
[[nodiscard]] inline deadline after(timespan span) {
  return clock::now() + span;
}

/// Returns a time for libpq or the server, which take no more than an int.
[[nodiscard]] inline std::string milliseconds_text(timespan x) {
  auto count = std::chrono::ceil<std::chrono::milliseconds>(x).count();
  return std::to_string(
    std::min<int64_t>(count, std::numeric_limits<int>::max()));
}

/// What came of waiting for a socket.
enum class readiness { ready, expired };

/// Waits until `socket` has one of `events`, or has failed, or `until`.
[[nodiscard]] inline readiness wait_for(int socket, short events,
                                        deadline until) {
  for (;;) {
    auto left
      = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    if (left.count() <= 0)
      return readiness::expired;
    pollfd entry{socket, events, 0};
    // In slices of an hour: poll takes an int, and may be interrupted anyway.
    auto span = std::min<int64_t>(left.count(), 3'600'000);
    if (::poll(&entry, 1, static_cast<int>(span)) > 0)
      return readiness::ready;
  }
}

} // namespace inbox::postgres
