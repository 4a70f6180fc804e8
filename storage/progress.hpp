#pragma once

#include "../messages/status.hpp"

#include <cstdint>

namespace inbox {

/// What a delivery's row says about its past attempts. It is stored as this
/// number. `in_progress` is no number of its own but a lease on an unfinished
/// row, since a claim must not touch an indexed column (docs/decisions/).
enum class progress : int16_t {
  fresh = 0,
  failed = 1,
  done = 2,
  dead = 3,
};

/// Returns the status that a row with this progress stands for.
[[nodiscard]] constexpr status status_of(progress x, bool leased) noexcept {
  switch (x) {
    case progress::done:
      return status::done;
    case progress::dead:
      return status::dead;
    case progress::failed:
      return leased ? status::in_progress : status::failed;
    default:
      return leased ? status::in_progress : status::pending;
  }
}

} // namespace inbox
