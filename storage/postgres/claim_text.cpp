#include "claim_text.hpp"

namespace inbox::postgres {

namespace {

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
const std::string given_demand = R"(
  with demand as materialized (
    select * from unnest($1::integer[], $2::bigint[]) as d(route_id, room)
  ))";

// More room than the limit lets through. Locks are written to the log, so it is
// looked up first, without any, how many of the oldest are of which route. To
// that comes an even share for each: others who claim at this moment may have
// locked just those.
const std::string shared_demand = R"(
  with wish as materialized (
    select * from unnest($1::integer[], $2::bigint[]) as d(route_id, room)
  ), quota as (
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

// Materialized, or the planner may run the part with the limit more than once.
// Of the perilous ones, which may be what kills processes, only as many are
// taken as are wanted. The first delivery fits whatever its size is. Payloads
// are not read for their length. Whoever takes a delivery is the guard of those
// behind it that are not blocked yet; these are few. What has a lease stays
// free: an expired one can be renewed, and running ones are looked for among
// the free.
const std::string take = R"(, due as materialized (
    select x.*
    from demand
    cross join lateral ()"
                         + runnable + R"(
      for no key update skip locked
    ) x
    order by x.due, x.event_seq, x.route_id
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
    select w.*, w.attempts >= $6 as exhausted, e.id, e.type, e.payload,
           e.date, e.ordering_key, e.headers,
           count(*) filter (where w.attempts < $6) over before as n,
           sum(octet_length(e.payload)) filter (where w.attempts < $6)
             over before as bytes
    from wanted w
    join {p}_event e on e.seq = w.event_seq
    window before as (order by w.due, w.event_seq, w.route_id
                      rows unbounded preceding)
  ), fitting as materialized (
    select *, n <= 1 or bytes <= $7 as fits from summed
  ), taken as (
    update {p}_delivery d
    set lease_token = d.lease_token + 1,
        attempts = d.attempts + 1,
        lease_owner = $4,
        lease_until = now() + $5
    from fitting f
    where f.fits and not f.exhausted
      and d.event_seq = f.event_seq and d.route_id = f.route_id
    returning d.event_seq, d.route_id, d.lease_token, d.attempts, f.due, f.id,
              f.type, f.payload, f.date, f.ordering_key, f.headers, f.perilous
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
         (select count(*) > 0 from fitting where not fits),
         c.exhausted, c.id, c.type, c.payload, c.date, c.ordering_key, c.headers,
         c.perilous
  from (
    select t.*, false as exhausted from taken t
    union all
    select f.event_seq, f.route_id, f.lease_token, f.attempts, f.due, null,
           null, null, null, null, null, false, true
    from fitting f
    where f.fits and f.exhausted
  ) c
  order by c.due, c.event_seq, c.route_id)";

const std::string claim_given = given_demand + take;

const std::string claim_shared = shared_demand + take;

} // namespace

const std::string& claim_text(bool shared) {
  return shared ? claim_shared : claim_given;
}

// A renewal keeps the token, so the lease is looked at as well.
const char* const bury_text = R"(
  update {p}_delivery d
  set progress = 3,
      finished_at = now(),
      lease_token = d.lease_token + 1,
      lease_owner = null,
      lease_until = null,
      message = case when d.lease_owner is not null or d.message is null
                     then 'lease expired on attempt ' || d.attempts || ' of '
                          || $4
                     else d.message end
  from unnest($1::bigint[], $2::integer[], $3::bigint[])
    as x(event_seq, route_id, lease_token)
  join {p}_event e on e.seq = x.event_seq
  join {p}_route r on r.id = x.route_id
  where d.event_seq = x.event_seq
    and d.route_id = x.route_id
    and d.lease_token = x.lease_token
    and (d.lease_until is null or d.lease_until <= now())
    and d.attempts >= $4
    and d.progress + 0 < 2
  returning d.event_seq, d.route_id, d.attempts::integer, d.message, e.id,
            e.type, r.handler_key, d.ordering_key)";

} // namespace inbox::postgres
