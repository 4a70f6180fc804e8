#include "receipt.hpp"

#include "enum_names.hpp"

namespace inbox {

namespace {

constexpr enum_name<write_result> names[] = {
  {write_result::stored, "stored"},
  {write_result::duplicate, "duplicate"},
  {write_result::unrouted, "unrouted"},
};

} // namespace

std::string to_string(write_result x) {
  return name_of(names, x);
}

bool from_string(std::string_view str, write_result& x) {
  return value_of(names, str, x);
}

bool from_integer(uint8_t value, write_result& x) {
  return value_of(names, value, x);
}

} // namespace inbox
