#pragma once

#include <string>

namespace inbox::sqlite {

/// Returns `sql` with each "$" replaced by `prefix` and "_", as in "$event".
/// The prefix has passed `check`; everything else goes in as an argument.
[[nodiscard]] inline std::string with_prefix(const std::string& prefix,
                                             const std::string& sql) {
  std::string result;
  for (auto c : sql) {
    if (c == '$')
      result += prefix + "_";
    else
      result += c;
  }
  return result;
}

} // namespace inbox::sqlite
