#include "scatter_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// What is left of a claim that has run out: each delivery gets that lease as
// its own, so that it is claimed by itself.
std::string scatter(const char* of) {
  return R"(
  with expired as materialized (
    select token, route_id, owner, lease_until, due, event_seqs
    from {p}_claim
    where lease_until <= now())"
         + std::string{of} + R"(
    order by token
    for update skip locked
  ), gone as (
    delete from {p}_claim c using expired x where c.token = x.token
  )
  insert into {p}_delivery (event_seq, route_id, due, attempts, lease_token,
                            lease_owner, lease_until)
  select s.event_seq, x.route_id, x.due, 1, x.token, x.owner, x.lease_until
  from expired x
  cross join lateral unnest(x.event_seqs) as s(event_seq)
  order by s.event_seq, x.route_id)";
}

} // namespace

const char* scatter_text() {
  static const auto result = scatter(" and route_id = any($1)");
  return result.c_str();
}

const char* scatter_all_text() {
  static const auto result = scatter("");
  return result.c_str();
}

} // namespace inbox::postgres
