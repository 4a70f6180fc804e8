#include "insert_one_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

constexpr auto fan = R"(
  with fan as materialized (
    select r.id as route_id
    from {p}_route r
    where r.event_type = ($9::text[])[1] and r.active
  ))";

// Names the ordering key as well, so that a table of another shape is found at
// once.
constexpr auto insert = R"(, stored as (
    insert into {p}_event (id, type, payload, date, ordering_key, headers,
                           written_at, unrouted, cause)
    values (($1::uuid[])[1], ($9::text[])[1], ($4::bytea[])[1],
            ($5::timestamptz[])[1], null::text, ($7::jsonb[])[1], now(),
            not exists (select from fan), ($8::uuid[])[1])
    returning seq
  ))";

constexpr auto claim = R"(, granted as (
    insert into {p}_claim
      (token, lease_until, owner, route_id, block, due, event_seqs)
    select nextval('{p}_claim_token'), now() + $13, $12, f.route_id,
           s.seq >> 8, now(), array[s.seq]
    from fan f, stored s
    where f.route_id = any($14::integer[])
    returning token, route_id
  ))";

constexpr auto enqueue = R"(, queued as (
    insert into {p}_queue (first_seq, due, route_id, event_seqs, sizes)
    select s.seq, now(), f.route_id, array[s.seq], ($11::integer[])[1:1]
    from fan f, stored s)";

constexpr auto unless_claimed = R"(
    where f.route_id <> all($14::integer[]))";

constexpr auto answer = R"(
  )
  select array[seq], array[(select count(*) from fan)], null::bigint[])";

constexpr auto answer_claims = R"(,
         null::bigint[], null::integer, null::bigint
  from stored
  union all
  select null, null, null, array[s.seq], g.route_id, g.token
  from granted g, stored s)";

std::string make_text(bool claims) {
  auto result = std::string{fan} + insert;
  if (claims)
    result += claim;
  result += enqueue;
  if (claims)
    result += unless_claimed;
  result += answer;
  return result + (claims ? answer_claims : " from stored");
}

} // namespace

const char* insert_one_text(bool claims) {
  static const auto plain = make_text(false);
  static const auto claiming = make_text(true);
  return (claims ? claiming : plain).c_str();
}

} // namespace inbox::postgres
