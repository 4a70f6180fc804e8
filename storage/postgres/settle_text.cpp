#include "settle_text.hpp"

#include "../fence.hpp"

#include <string>

namespace inbox::postgres {

namespace {

constexpr auto hold = R"(
  select from {p}_claim
  where token = any($1)
  order by token
  for no key update)";

// -- what was claimed out of the queue ----------------------------------------

// A claim is the lease of all that it still names. Without the fence, whatever
// claim names the event is good enough.
constexpr auto claims = fenced ? "c.token = any(array("
                                 "select distinct x.lease_token from x))"
                               : "c.block = any(array("
                                 "select distinct x.event_seq >> 8 from x))";

constexpr auto same_token = fenced ? " and x.lease_token = c.token" : "";

// `n` is null for what the claims name and nobody ends here.
std::string claimed(const char* columns) {
  return R"(, claimed as materialized (
    select c.token, c.route_id, c.event_seq, c.due, x.n, )"
         + std::string{columns} + R"(
    from (
      select c.*, s.event_seq
      from {p}_claim c
      cross join lateral unnest(c.event_seqs) as s(event_seq)
      where )"
         + claims + R"(
    ) c
    left join x on x.event_seq = c.event_seq and x.route_id = c.route_id)"
         + same_token + R"(
  ))";
}

// A claim that has nothing left is gone. The rest is in an order that all calls
// share: so they lock rows.
constexpr auto leave_claim = R"(, reduced as materialized (
    select token,
           array_agg(event_seq order by event_seq) filter (where n is null)
             as rest
    from claimed
    group by token
    having count(n) > 0
  ), used_up as (
    delete from {p}_claim c
    using reduced r
    where c.token = any(array[r.token]) and r.rest is null
  ), used as (
    update {p}_claim c
    set event_seqs = r.rest
    from reduced r
    where c.token = any(array[r.token]) and r.rest is not null
  ), rest as materialized (
    select * from x
    where n not in (select c.n from claimed c where c.n is not null)
    order by event_seq, route_id
  ))";

// What names exactly what is done here goes as it is, without a look at each.
constexpr auto whole = R"(
  with given as materialized (
    select g.token, g.route_id, g.first,
           ($8::bigint[])[g.first:g.last] as event_seqs
    from unnest($9::bigint[], $10::integer[], $11::integer[], $12::integer[])
      as g(token, route_id, first, last)
  ), whole as materialized (
    select c.token, c.route_id, c.event_seqs
    from given g
    join {p}_claim c on c.token = any(array[g.token])
    where c.route_id = g.route_id and c.event_seqs = g.event_seqs
  ), all_of_it as (
    delete from {p}_claim c
    using whole w
    where c.token = any(array[w.token])
  ))";

// -- what has a lease of its own ----------------------------------------------

constexpr auto own = fenced ? R"(
    and d.lease_token = x.lease_token
    and d.lease_owner is not null)"
                            : "";

// -- statements ---------------------------------------------------------------

// A null says that a column stays as it is. The lease is checked by the same
// statement that ends it, and again on the newest version of a row that changed
// meanwhile: a stale token changes nothing. The addition of 0 keeps the partial
// indexes out: where few rows are unfinished, the server would take to reading
// all of those for each lease.
//
// Out of a claim, what is done is put together into few rows. All else gets a
// row of its own.
const std::string settle = std::string{whole} + R"(, x as materialized (
    select *
    from unnest($1::bigint[], $2::integer[], $3::bigint[], $4::smallint[],
                $5::interval[], $6::boolean[], $7::text[])
      with ordinality as x(event_seq, route_id, lease_token, progress, delay,
                           uncounted, message, n)
    union all
    select s.event_seq, g.route_id, g.token, 2::smallint, null, false, null,
           cardinality($1) + g.first - 1 + s.nth
    from given g
    cross join lateral unnest(g.event_seqs) with ordinality as s(event_seq, nth)
    where (g.token, g.route_id) not in (
      select w.token, w.route_id from whole w)
  ))" + claimed("x.progress, x.delay, x.uncounted, x.message")
                           + R"(, done as (
    insert into {p}_done
      (block, lease_token, finished_at, route_id, deliveries, event_seqs)
    select event_seq >> 12, token, now(), route_id, count(*),
           array_agg(event_seq order by event_seq)
    from claimed
    where progress = 2
    group by event_seq >> 12, token, route_id
    union all
    select event_seqs[1] >> 12, token, now(), route_id, cardinality(event_seqs),
           event_seqs
    from whole
  ), moved as (
    insert into {p}_delivery
      (event_seq, route_id, lease_token, progress, due, attempts, finished_at,
       message)
    select event_seq, route_id, token, coalesce(progress, 0),
           coalesce(now() + delay, due), 1 - uncounted::integer,
           case when progress >= 2 then now() end, message
    from claimed
    where n is not null and progress is distinct from 2
    order by event_seq, route_id
  ))" + leave_claim + R"(, updated as (
    update {p}_delivery d
    set progress = coalesce(x.progress, d.progress),
        due = coalesce(now() + x.delay, d.due),
        attempts = greatest(d.attempts - x.uncounted::integer, 0),
        finished_at = case when x.progress >= 2 then now() end,
        message = coalesce(x.message, d.message),
        lease_owner = null,
        lease_until = null
    from rest x
    where d.event_seq = any(array[x.event_seq])
      and d.route_id = x.route_id
      and d.progress + 0 < 2)"
                           + std::string{own} + R"(
    returning x.n, d.route_id, d.event_seq,
              case when d.progress >= 2 then d.ordering_key end as ordering_key
  )
  select n, route_id, event_seq, null as ordering_key
  from rest
  where n not in (select u.n from updated u)
  union all
  select null, route_id, event_seq, ordering_key
  from updated
  where ordering_key is not null)";

// The last token of a delivery, and no lease: that token has ended it.
constexpr auto ended = R"(
  with x as materialized (
    select *
    from unnest($1::bigint[], $2::integer[], $3::bigint[])
      with ordinality as x(event_seq, route_id, lease_token, n)
  )
  select x.n
  from x
  join {p}_delivery d
    on d.event_seq = any(array[x.event_seq]) and d.route_id = x.route_id
  where d.lease_token = x.lease_token
    and d.lease_token > 0
    and d.lease_owner is null
  union all
  select x.n
  from x
  where exists (
    select from {p}_done o
    where o.block = x.event_seq >> 12
      and o.route_id = x.route_id
      and o.lease_token = x.lease_token
      and x.event_seq = any(o.event_seqs)))";

// What was claimed out of the queue gets a lease of its own: the others of its
// claim may be over, or lost, and their common lease runs out.
const std::string renew = R"(
  with x as materialized (
    select *
    from unnest($1::bigint[], $2::integer[], $3::bigint[])
      with ordinality as x(event_seq, route_id, lease_token, n)
  ))" + claimed("c.owner") + R"(, moved as (
    insert into {p}_delivery
      (event_seq, route_id, lease_token, due, attempts, lease_owner,
       lease_until)
    select event_seq, route_id, token, due, 1, owner, now() + $4
    from claimed
    where n is not null
    order by event_seq, route_id
  ))" + leave_claim + R"(, updated as (
    update {p}_delivery d
    set lease_until = now() + $4
    from rest x
    where d.event_seq = any(array[x.event_seq])
      and d.route_id = x.route_id
      and d.progress + 0 < 2)"
                          + std::string{own} + R"(
    returning x.n
  )
  select n from rest where n not in (select u.n from updated u))";

} // namespace

const char* hold_claims_text() {
  return hold;
}

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
