#include "settle_text.hpp"

#include "../fence.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// -- what is in the queue -----------------------------------------------------

constexpr auto hold = R"(
  select from {p}_claim
  where token = any($1)
  order by token, route_id
  for no key update)";

// One that was claimed out of the queue has the lease of its claim until it
// leaves the queue. A hash of the claims' numbers is made once; "in" would be
// made a join.
constexpr auto held = fenced ? R"(
    and ((x.lease_token, x.route_id, x.event_seq) not in (
           select c.token, c.route_id, s.event_seq
           from {p}_claim c
           cross join lateral unnest(c.event_seqs) as s(event_seq)
           where c.token = any($3))) is false)"
                             : "";

const std::string leave_queue = R"(, left_queue as (
    delete from {p}_queue q
    using x
    where q.route_id = any(array[x.route_id])
      and q.event_seq = x.event_seq)"
                                + std::string{held} + R"(
    returning x.*, q.due
  ))";

// A claim that has nothing left is gone.
constexpr auto count_down = R"(, counted as materialized (
    select lease_token, route_id, count(*) as n
    from left_queue
    group by lease_token, route_id
  ), used_up as (
    delete from {p}_claim c
    using counted n
    where c.token = n.lease_token
      and c.route_id = n.route_id
      and c.unsettled <= n.n
  ), used as (
    update {p}_claim c
    set unsettled = c.unsettled - n.n
    from counted n
    where c.token = n.lease_token
      and c.route_id = n.route_id
      and c.unsettled > n.n
  ), rest as materialized (
    select * from x where x.n not in (select q.n from left_queue q)
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
// Out of the queue, what is done is put together into few rows. All else gets a
// row of its own.
const std::string settle = R"(
  with x as materialized (
    select *
    from unnest($1::bigint[], $2::integer[], $3::bigint[], $4::smallint[],
                $5::interval[], $6::boolean[], $7::text[])
      with ordinality as x(event_seq, route_id, lease_token, progress, delay,
                           uncounted, message, n)
  ))" + leave_queue + R"(, done as (
    insert into {p}_done
      (block, lease_token, finished_at, route_id, deliveries, event_seqs)
    select event_seq >> 12, lease_token, now(), route_id, count(*),
           array_agg(event_seq order by event_seq)
    from left_queue
    where progress = 2
    group by event_seq >> 12, lease_token, route_id
  ), moved as (
    insert into {p}_delivery
      (event_seq, route_id, lease_token, progress, due, attempts, finished_at,
       message)
    select event_seq, route_id, lease_token, coalesce(progress, 0),
           coalesce(now() + delay, due), 1 - uncounted::integer,
           case when progress >= 2 then now() end, message
    from left_queue
    where progress is distinct from 2
    order by event_seq, route_id
  ))" + count_down + R"(, updated as (
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
  select n, route_id, event_seq, null as ordering_key from left_queue
  union all
  select n, route_id, event_seq, ordering_key from updated)";

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

// What is in the queue gets a lease of its own: the others of its claim may be
// over, or lost, and their common lease runs out.
const std::string renew = R"(
  with x as materialized (
    select *
    from unnest($1::bigint[], $2::integer[], $3::bigint[])
      with ordinality as x(event_seq, route_id, lease_token, n)
  ))" + leave_queue + R"(, moved as (
    insert into {p}_delivery
      (event_seq, route_id, lease_token, due, attempts, lease_owner,
       lease_until)
    select q.event_seq, q.route_id, q.lease_token, q.due, 1, c.owner, now() + $4
    from left_queue q
    join {p}_claim c on c.token = q.lease_token and c.route_id = q.route_id
    order by q.event_seq, q.route_id
  ))" + count_down + R"(, updated as (
    update {p}_delivery d
    set lease_until = now() + $4
    from rest x
    where d.event_seq = any(array[x.event_seq])
      and d.route_id = x.route_id
      and d.progress + 0 < 2)"
                          + std::string{own} + R"(
    returning x.n
  )
  select n from left_queue
  union all
  select n from updated)";

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
