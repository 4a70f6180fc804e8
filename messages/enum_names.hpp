#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Names of enum values from one table per enum, so that text, number and
/// value cannot drift apart. For .cpp files only.

namespace inbox {

template <class Enum>
struct enum_name {
  Enum value;
  std::string_view name;
};

template <class Enum, size_t N>
std::string name_of(const enum_name<Enum> (&names)[N], Enum x) {
  for (auto& entry : names)
    if (entry.value == x)
      return std::string{entry.name};
  return "unknown(" + std::to_string(static_cast<int>(x)) + ")";
}

template <class Enum, size_t N>
bool value_of(const enum_name<Enum> (&names)[N], std::string_view str,
              Enum& x) {
  for (auto& entry : names) {
    if (entry.name == str) {
      x = entry.value;
      return true;
    }
  }
  return false;
}

template <class Enum, size_t N>
bool value_of(const enum_name<Enum> (&names)[N], uint8_t number, Enum& x) {
  for (auto& entry : names) {
    if (static_cast<uint8_t>(entry.value) == number) {
      x = entry.value;
      return true;
    }
  }
  return false;
}

} // namespace inbox
