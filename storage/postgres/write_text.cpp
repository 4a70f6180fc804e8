#include "write_text.hpp"

namespace inbox::postgres {

namespace {

// The first delivery of a queue is the guard of those behind it. Its own is the
// last one that is there already and that nobody is changing: nothing is waited
// for. Without one it is free. See ordering.hpp.
constexpr auto fan_out = R"(, head as materialized (
    select distinct on (route_id, ordering_key) route_id, ordering_key, seq
    from waiting
    where ordering_key is not null
    order by route_id, ordering_key, seq
  ), queue as materialized (
    select h.route_id, h.ordering_key, h.seq as first, g.found is not null as waits
    from head h
    left join lateral (
      select true as found
      from {p}_delivery d
      where d.route_id = h.route_id
        and d.ordering_key = h.ordering_key
        and d.finished_at is null
        and d.event_seq < h.seq
      order by d.event_seq desc
      limit 1
      for share skip locked
    ) g on true
  ), fanned as (
    insert into {p}_delivery (event_seq, route_id, ordering_key, due, blocked)
    select x.seq, x.route_id, x.ordering_key, now(),
           coalesce(q.waits or q.first < x.seq, false)
    from waiting x
    left join queue q
      on q.route_id = x.route_id and q.ordering_key = x.ordering_key
    order by x.seq, x.route_id
  ))";

// The routes that an event `e` has no delivery for: neither in the queue, nor
// claimed out of it, nor in the table, nor done.
constexpr auto missing_routes = R"(
    select r.id
    from {p}_route r
    where r.event_type = e.type
      and r.active
      and not exists (
        select from {p}_queue q
        where q.route_id = r.id
          and q.first_seq between (e.seq >> 8) << 8 and e.seq
          and e.seq = any(q.event_seqs))
      and not exists (
        select from {p}_claim c
        where c.block = e.seq >> 8
          and c.route_id = r.id
          and e.seq = any(c.event_seqs))
      and not exists (
        select from {p}_delivery d
        where d.event_seq = e.seq and d.route_id = r.id)
      and not exists (
        select from {p}_done x
        where x.block = e.seq >> 12
          and x.route_id = r.id
          and e.seq = any(x.event_seqs)))";

// Looks without a lock, since nearly always nothing is missing.
const std::string look_at_events = R"(
  select e.id, exists ()" + std::string{missing_routes}
                                   + R"()
  from {p}_event e
  where e.id = any($1))";

// Keeps the events from being erased while they get more deliveries, and from
// getting them from two writers. By id, as they are written.
constexpr auto lock_events = R"(
  select from {p}_event where id = any($1) order by id for no key update)";

// Comes after the lock, to see what others have added meanwhile. None of these
// deliveries can count on another of them as its guard: they are left free.
// They do not go into the queue, whose later part may have been claimed.
const std::string complete_events = R"(
  with kept as materialized (
    select seq, id, type, ordering_key from {p}_event where id = any($1)
  ), added as (
    insert into {p}_delivery (event_seq, route_id, ordering_key, due)
    select e.seq, r.id, e.ordering_key, now()
    from kept e
    cross join lateral ()" + std::string{missing_routes}
                                    + R"() r
    order by e.seq, r.id
    on conflict do nothing
    returning event_seq
  ), cleared as (
    update {p}_event e
    set unrouted = false
    where e.unrouted and e.seq in (select event_seq from added)
  )
  select k.id, count(a.event_seq)::integer
  from kept k left join added a on a.event_seq = k.seq
  group by k.id)";

} // namespace

const char* look_at_events_text() {
  return look_at_events.c_str();
}

const char* lock_events_text() {
  return lock_events;
}

const char* complete_events_text() {
  return complete_events.c_str();
}

std::string fan_out_text() {
  return fan_out;
}

} // namespace inbox::postgres
