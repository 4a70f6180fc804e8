#include "look_text.hpp"

#include "others_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

constexpr auto queued_or_leased = R"(
  exists (
    select from {p}_queue where route_id = any($1) and due <= now())
  or exists (
    select from {p}_claim where route_id = any($1) and lease_until <= now()))";

std::string due() {
  return queued_or_leased + std::string{R"(
  or exists (
    select from unnest($1) as of(route_id)
    cross join lateral ()"}
         + first_due_text() + ") d)";
}

// With the limit it is looked up for each type.
constexpr auto kept = R"(
  exists (
    select from {p}_route r
    cross join lateral (
      select from {p}_event e
      where e.type = r.event_type and e.unrouted
      limit 1
    ) kept
    where r.id = any($1)))";

} // namespace

const char* is_kept_text() {
  static const auto result = std::string{"select"} + kept;
  return result.c_str();
}

const char* look_text() {
  static const auto result = "select" + due() + "," + kept;
  return result.c_str();
}

} // namespace inbox::postgres
