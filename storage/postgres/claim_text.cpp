#include "claim_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// -- what is not in the queue -------------------------------------------------

// The oldest deliveries of one route that may go out. The literals make the
// partial indexes usable: what is unfinished is said in two ways, so that one
// index cannot be taken for another. The lease is not in the index, so that
// claiming does not change it: what is leased is passed by. A row that somebody
// else has claimed since this statement began is looked at once more when its
// lock is there.
//
// Nearly all that have to wait for their ordering key are blocked, and not
// read. What is left is looked at here: is there an earlier one that is
// unfinished, a later one that runs (its event was written earlier, or got this
// handler earlier), or an earlier event that is to get its first deliveries?
const std::string runnable = R"(
      select d.event_seq, d.route_id, d.due, d.attempts, d.lease_token,
             d.ordering_key is not null as ordered,
             d.lease_owner is not null and d.attempts >= $9
               and d.attempts < $6 as perilous
      from {p}_delivery d
      where d.route_id = demand.route_id
        and d.progress < 2
        and not d.blocked
        and d.due <= now()
        and (d.lease_until is null or d.lease_until <= now())
        and ($8 > 0 or d.lease_owner is null or d.attempts < $9
             or d.attempts >= $6)
        and (d.ordering_key is null
             or not exists (
               select from {p}_delivery earlier
               where earlier.route_id = d.route_id
                 and earlier.ordering_key = d.ordering_key
                 and earlier.finished_at is null
                 and earlier.event_seq < d.event_seq)
             and not exists (
               select from {p}_delivery later
               where later.route_id = d.route_id
                 and later.ordering_key = d.ordering_key
                 and later.progress < 2
                 and not later.blocked
                 and later.event_seq > d.event_seq
                 and later.lease_until > now())
             and not exists (
               select from {p}_route r
               join {p}_event kept on kept.type = r.event_type
               where r.id = d.route_id
                 and r.active
                 and kept.unrouted
                 and kept.ordering_key = d.ordering_key
                 and kept.seq < d.event_seq))
      order by d.due, d.event_seq
      limit demand.room)";

// Room for all that comes up.
const std::string given_demand = R"(, demand as materialized (
    select * from wish
  ))";

// More room than the limit lets through. Locks are written to the log, so it is
// looked up first, without any, how many of the oldest are of which route. To
// that comes an even share for each: others who claim at this moment may have
// locked just those.
const std::string shared_demand = R"(, quota as (
    select o.route_id, count(*) as n
    from (
      select x.route_id
      from wish as demand
      cross join lateral ()" + runnable
                                  + R"() x
      order by x.due, x.event_seq, x.route_id
      limit $3
    ) o
    group by o.route_id
  ), demand as materialized (
    select w.route_id,
           least(w.room, coalesce(q.n, 0) + $3 / cardinality($1) + 1) as room
    from wish w left join quota q on q.route_id = w.route_id
  ))";

const std::string other = R"(, other as materialized (
    select x.*, octet_length(e.payload) as bytes
    from (
      select x.*
      from demand
      cross join lateral ()"
                          + runnable + R"(
        for no key update skip locked
      ) x
      order by x.due, x.event_seq, x.route_id
      limit $3
    ) x
    join {p}_event e on e.seq = x.event_seq
  ))";

// -- the queue ----------------------------------------------------------------

constexpr auto wish = R"(
  with wish as materialized (
    select * from unnest($1::integer[], $2::bigint[], $10::bigint[])
      as d(route_id, room, passed)
  ))";

// Read in the order of writing, without a lock on any row: whoever claims has
// the lock on the routes. What is under a lease is passed by; nearly all of
// that is in front of where reading begins. The due time is made to grow with
// the number, so that what is taken of a route is the first of it.
constexpr auto queued = R"(, queued as materialized (
    select x.event_seq, x.route_id, x.bytes,
           max(x.due) over (partition by x.route_id order by x.event_seq) as due
    from (
      select q.*
      from wish
      cross join lateral (
        select q.event_seq, q.route_id, q.due, q.bytes
        from {p}_queue q
        where q.route_id = wish.route_id
          and q.event_seq > wish.passed
          and q.due <= now()
          and (q.route_id, q.event_seq) not in (
            select c.route_id, s.event_seq
            from {p}_claim c
            cross join lateral unnest(c.event_seqs) as s(event_seq)
            where c.route_id = any($1))
        order by q.event_seq
        limit wish.room
      ) q
      order by q.event_seq
      limit $3
    ) x
  ))";

// -- both ---------------------------------------------------------------------

// Of the perilous ones, which may be what kills processes, only as many are
// taken as are wanted. The first delivery fits whatever its size is. Payloads
// are not read for their length. Whoever takes a delivery is the guard of those
// behind it that are not blocked yet; these are few. What has a lease stays
// free: an expired one can be renewed, and running ones are looked for among
// the free. What was in the queue gets one lease per route.
constexpr auto take = R"(, due as materialized (
    select u.*
    from (
      select x.*,
             row_number() over (partition by x.route_id
                                order by x.due, x.event_seq) as nth
      from (
        select event_seq, route_id, due, attempts, lease_token, perilous, bytes,
               ordered, false as queued
        from other
        union all
        select event_seq, route_id, due, 0, 0, false, bytes, false, true
        from queued
      ) x
    ) u
    join wish w on w.route_id = u.route_id
    where u.nth <= w.room
    order by u.due, u.event_seq, u.route_id
    limit $3
  ), wanted as (
    select x.*
    from (
      select c.*, count(*) filter (where c.perilous) over before as danger
      from due c
      window before as (order by c.due, c.event_seq, c.route_id
                        rows unbounded preceding)
    ) x
    where not x.perilous or x.danger <= $8
  ), summed as (
    select w.*, w.attempts >= $6 as exhausted,
           count(*) filter (where w.attempts < $6) over before as n,
           sum(w.bytes) filter (where w.attempts < $6) over before as total
    from wanted w
    window before as (order by w.due, w.event_seq, w.route_id
                      rows unbounded preceding)
  ), fitting as materialized (
    select *, n <= 1 or total <= $7 as fits from summed
  ), next as materialized (
    select nextval('{p}_claim_token') as token
  ), granted as (
    insert into {p}_claim
      (token, lease_until, owner, route_id, unsettled, event_seqs)
    select next.token, now() + $5, $4, f.route_id, count(*),
           array_agg(f.event_seq order by f.event_seq)
    from fitting f cross join next
    where f.fits and f.queued
    group by next.token, f.route_id
    returning token, route_id
  ), taken as (
    update {p}_delivery d
    set lease_token = d.lease_token + 1,
        attempts = d.attempts + 1,
        lease_owner = $4,
        lease_until = now() + $5
    from fitting f
    where f.fits and not f.exhausted and not f.queued
      and d.event_seq = f.event_seq and d.route_id = f.route_id
    returning d.event_seq, d.route_id, d.lease_token, d.attempts, f.due,
              d.ordering_key, f.perilous
  ), straggler as materialized (
    select s.event_seq, s.route_id
    from taken t
    cross join lateral (
      select d.event_seq, d.route_id
      from {p}_delivery d
      where d.route_id = t.route_id
        and d.ordering_key = t.ordering_key
        and d.progress < 2
        and not d.blocked
        and d.event_seq > t.event_seq
        and d.lease_owner is null
      order by d.event_seq
      limit 100
      for no key update skip locked
    ) s
    where t.ordering_key is not null
  ), blocked as (
    update {p}_delivery d
    set blocked = true
    from straggler s
    where d.event_seq = s.event_seq and d.route_id = s.route_id
  )
  select c.event_seq, c.route_id, c.lease_token, c.attempts::integer,
         (select count(*) > 0 from fitting where not fits), c.exhausted,
         c.ordered, c.perilous, c.passed
  from (
    select f.event_seq, f.route_id, g.token as lease_token, 1 as attempts,
           f.due, false as exhausted, false as ordered, false as perilous,
           f.due < now() - interval '1 second' as passed
    from fitting f join granted g on g.route_id = f.route_id
    where f.fits and f.queued
    union all
    select t.event_seq, t.route_id, t.lease_token, t.attempts, t.due, false,
           t.ordering_key is not null, t.perilous, false
    from taken t
    union all
    select f.event_seq, f.route_id, f.lease_token, f.attempts, f.due, true,
           f.ordered, true, false
    from fitting f
    where f.fits and f.exhausted
  ) c
  order by c.due, c.event_seq, c.route_id)";

const std::string claim_given = wish + given_demand + other + queued + take;

const std::string claim_shared = wish + shared_demand + other + queued + take;

} // namespace

const char* const scatter_text = R"(
  with expired as materialized (
    select token, route_id, owner, lease_until, event_seqs
    from {p}_claim
    where route_id = any($1) and lease_until <= now()
    order by token, route_id
    for update skip locked
  ), gone as (
    delete from {p}_claim c
    using expired x
    where c.token = x.token and c.route_id = x.route_id
  ), left_over as (
    delete from {p}_queue q
    using (
      select x.*, s.event_seq
      from expired x
      cross join lateral unnest(x.event_seqs) as s(event_seq)
    ) m
    where q.route_id = m.route_id and q.event_seq = m.event_seq
    returning q.event_seq, q.route_id, q.due, m.token, m.owner, m.lease_until
  )
  insert into {p}_delivery (event_seq, route_id, due, attempts, lease_token,
                            lease_owner, lease_until)
  select event_seq, route_id, due, 1, token, owner, lease_until
  from left_over
  order by event_seq, route_id)";

const char* claim_text(bool shared) {
  return (shared ? claim_shared : claim_given).c_str();
}

const char* const claimed_events_text = R"(
  select e.seq, e.id, e.type, e.payload, e.date, e.ordering_key, e.headers
  from unnest($1::bigint[]) as s(seq)
  join {p}_event e on e.seq = s.seq)";

} // namespace inbox::postgres
