#pragma once

#include <string>
#include <type_traits>

namespace inbox {

/// Inspects an enum by its name in human-readable formats and by its number in
/// others. Does what `caf::default_enum_inspect` does, whose requirements on
/// `from_string` differ between CAF's versions.
template <class Inspector, class Enum>
bool inspect_enum(Inspector& f, Enum& x) {
  using number_type = std::underlying_type_t<Enum>;
  if (f.has_human_readable_format()) {
    auto get = [&x] { return to_string(x); };
    auto set = [&x](const std::string& str) { return from_string(str, x); };
    return f.apply(get, set);
  }
  auto get = [&x] { return static_cast<number_type>(x); };
  auto set = [&x](number_type number) { return from_integer(number, x); };
  return f.apply(get, set);
}

} // namespace inbox
