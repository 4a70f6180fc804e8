#include "status.hpp"

#include "enum_names.hpp"

namespace inbox {

namespace {

constexpr enum_name<status> names[] = {
  {status::pending, "pending"}, {status::in_progress, "in_progress"},
  {status::failed, "failed"},   {status::done, "done"},
  {status::dead, "dead"},
};

} // namespace

bool can_move(status from, status to) noexcept {
  switch (from) {
    case status::pending:
    case status::failed:
      // To dead when a claim finds it out of attempts: a restart may have
      // lowered their maximum below what was counted before.
      return to == status::in_progress || to == status::dead;
    case status::in_progress:
      // To itself when an expired lease is claimed again; to pending or failed,
      // what it was before, when it is given back.
      return true;
    case status::done:
    case status::dead:
      return false;
  }
  return false;
}

std::string to_string(status x) {
  return name_of(names, x);
}

bool from_string(std::string_view str, status& x) {
  return value_of(names, str, x);
}

bool from_integer(uint8_t value, status& x) {
  return value_of(names, value, x);
}

} // namespace inbox
