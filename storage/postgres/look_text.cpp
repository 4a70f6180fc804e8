#include "look_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// The order has the deliveries read by due time: without it, an index of the
// whole table would be as good while it is empty.
constexpr auto due = R"(
  exists (
    select from {p}_queue where route_id = any($1) and due <= now())
  or exists (
    select from {p}_claim where route_id = any($1) and lease_until <= now())
  or exists (
    select from unnest($1) as of(route_id)
    cross join lateral (
      select from {p}_delivery d
      where d.route_id = of.route_id
        and d.progress < 2
        and not d.blocked
        and d.due <= now()
        and (d.lease_until is null or d.lease_until <= now())
      order by d.due, d.event_seq
      limit 1
    ) d))";

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
  static const auto result = std::string{"select"} + due + "," + kept;
  return result.c_str();
}

} // namespace inbox::postgres
