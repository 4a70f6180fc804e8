#pragma once

#include "enum_inspect.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace inbox {

/// Where a delivery stands. Every status but `done` and `dead` has an exit
/// that needs nobody's help.
enum class status : uint8_t {
  /// Not attempted yet, or given back before the attempt began.
  pending,
  /// Claimed by a node under a lease; when that expires, anyone may claim it.
  in_progress,
  /// The last attempt failed; it is tried again when due.
  failed,
  /// Processed.
  done,
  /// Will not be tried again.
  dead,
};

/// Tells whether a delivery may go from one status to another.
[[nodiscard]] bool can_move(status from, status to) noexcept;

/// Tells whether no attempt will follow.
[[nodiscard]] constexpr bool is_final(status x) noexcept {
  return x == status::done || x == status::dead;
}

std::string to_string(status);
bool from_string(std::string_view, status&);
bool from_integer(uint8_t, status&);

template <class Inspector>
bool inspect(Inspector& f, status& x) {
  return inspect_enum(f, x);
}

} // namespace inbox
