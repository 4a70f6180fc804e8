#pragma once

#include "../messages/effect.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace inbox {

/// Returns why an effect that has changed so many rows is refused, if it is.
[[nodiscard]] inline std::optional<std::string> wrong_rows(const sql_effect& x,
                                                           uint64_t changed) {
  if (!x.rows || *x.rows == changed)
    return std::nullopt;
  return "changed " + std::to_string(changed) + " rows, not "
         + std::to_string(*x.rows);
}

} // namespace inbox
