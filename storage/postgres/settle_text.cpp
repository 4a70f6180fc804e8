#include "settle_text.hpp"

#include "../fence.hpp"

#include <string>

namespace inbox::postgres {

namespace {

constexpr auto fence = fenced ? R"(
    and d.lease_token = x.lease_token
    and d.lease_owner is not null)"
                              : "";

// A null says that a column stays as it is. The lease is checked by the same
// statement that ends it, and again on the newest version of a row that changed
// meanwhile: a stale token changes nothing. The addition of 0 keeps the partial
// indexes out: where few rows are unfinished, the server would take to reading
// all of those for each lease.
const std::string settle = R"(
  update {p}_delivery d
  set progress = coalesce(x.progress, d.progress),
      due = coalesce(now() + x.delay, d.due),
      attempts = greatest(d.attempts - x.uncounted::integer, 0),
      finished_at = case when x.progress >= 2 then now() end,
      message = coalesce(x.message, d.message),
      lease_owner = null,
      lease_until = null
  from unnest($1::bigint[], $2::integer[], $3::bigint[], $4::smallint[],
              $5::interval[], $6::boolean[], $7::text[])
    with ordinality as x(event_seq, route_id, lease_token, progress, delay,
                         uncounted, message, n)
  where d.event_seq = x.event_seq
    and d.route_id = x.route_id
    and d.progress + 0 < 2)" + std::string{fence}
                                + R"(
  returning x.n, d.route_id, d.event_seq,
            case when d.progress >= 2 then d.ordering_key end)";

// The last token of a delivery, and no lease: that token has ended it.
constexpr auto ended = R"(
  select x.n
  from unnest($1::bigint[], $2::integer[], $3::bigint[])
    with ordinality as x(event_seq, route_id, lease_token, n)
  join {p}_delivery d
    on d.event_seq = x.event_seq and d.route_id = x.route_id
  where d.lease_token = x.lease_token
    and d.lease_token > 0
    and d.lease_owner is null)";

const std::string renew = R"(
  update {p}_delivery d
  set lease_until = now() + $4
  from unnest($1::bigint[], $2::integer[], $3::bigint[])
    with ordinality as x(event_seq, route_id, lease_token, n)
  where d.event_seq = x.event_seq
    and d.route_id = x.route_id
    and d.progress + 0 < 2)" + std::string{fence}
                               + R"(
  returning x.n)";

} // namespace

const char* settle_text() {
  return settle.c_str();
}

const char* ended_text() {
  return ended;
}

const char* renew_text() {
  return renew.c_str();
}

} // namespace inbox::postgres
