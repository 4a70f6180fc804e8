#include "others_text.hpp"

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
    join {p}_event e on e.seq = any(array[x.event_seq])
  ))";

// With the order it is read by due time: with the limit alone, an index of the
// whole table would be as good while it is empty.
const std::string first_due = R"(
      select from {p}_delivery d
      where d.route_id = of.route_id
        and d.progress < 2
        and not d.blocked
        and d.due <= now()
        and (d.lease_until is null or d.lease_until <= now())
      order by d.due, d.event_seq
      limit 1)";

// What waits for others of its ordering key and the perilous ones count as
// well: it is for the claim of all to tell.
const std::string any_other = R"(, other as materialized (
    select from wish as of
    cross join lateral ()" + first_due
                              + R"() d
    limit 1
  ))";

} // namespace

std::string others_text(bool shared) {
  return (shared ? shared_demand : given_demand) + other;
}

std::string any_other_text() {
  return any_other;
}

std::string first_due_text() {
  return first_due;
}

} // namespace inbox::postgres
