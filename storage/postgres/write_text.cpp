#include "write_text.hpp"

namespace inbox::postgres {

namespace {

// Numbers are drawn in the order of the input: an event's number says when it
// was written. The rows go in by id, so that two writers of the same ids wait
// for each other in the same order and cannot deadlock. What is there already
// gets no row in the answer.
constexpr auto insert_begin = R"(
  with input as materialized (
    select nextval('{p}_event_seq_seq') as seq, i.*
    from unnest($1::uuid[], $2::text[], $3::bytea[], $4::timestamptz[],
                $5::text[], $6::jsonb[], $7::uuid[])
      as i(id, type, payload, date, ordering_key, headers, cause)
  ), fan as materialized (
    select event_type, array_agg(id order by id) as routes
    from {p}_route
    where active and event_type = any($2::text[])
    group by event_type
  ), stored as (
    insert into {p}_event (seq, id, type, payload, date, ordering_key, headers,
                           written_at, unrouted, cause)
    select i.seq, i.id, i.type, i.payload, i.date, i.ordering_key, i.headers,
           now(), f.event_type is null, i.cause
    from input i left join fan f on f.event_type = i.type
    order by i.id
    on conflict (id) do nothing
    returning seq, id, type, ordering_key, octet_length(payload) as bytes
  ), fresh as (
    select s.seq, r.id as route_id, s.ordering_key, s.bytes
    from stored s
    join fan f on f.event_type = s.type
    cross join lateral unnest(f.routes) as r(id)
  ))";

// What waits for no other is put together by route and block.
constexpr auto batches = R"(, batch as materialized (
    select min(seq) as first_seq, route_id,
           array_agg(seq order by seq) as event_seqs,
           array_agg(bytes order by seq) as sizes
    from fresh
    where ordering_key is null
    group by route_id, seq >> 8
  ), waiting as (
    select seq, route_id, ordering_key from fresh where ordering_key is not null
  ))";

// Batches are claimed as long as there is room for all of the next one.
constexpr auto claim = R"(, granted as (
    insert into {p}_claim
      (token, lease_until, owner, route_id, block, due, event_seqs)
    select nextval('{p}_claim_token'), now() + $9, $8, b.route_id,
           b.first_seq >> 8, now(), b.event_seqs
    from (
      select b.*, sum(cardinality(b.event_seqs))
                    over (partition by b.route_id order by b.first_seq) as total
      from batch b
    ) b
    join unnest($10::integer[], $11::bigint[]) as lent(route_id, room)
      on lent.route_id = b.route_id
    where b.total <= lent.room
    returning token, route_id, event_seqs
  ), left_over as (
    select *
    from batch
    where (route_id, first_seq) not in (
      select g.route_id, g.event_seqs[1] from granted g)
  ))";

constexpr auto claim_nothing = R"(, left_over as (
    select * from batch
  ))";

constexpr auto enqueue = R"(, queued as (
    insert into {p}_queue (first_seq, due, route_id, event_seqs, sizes)
    select first_seq, now(), route_id, event_seqs, sizes from left_over
  ))";

constexpr auto insert_end = R"(
  select s.id, coalesce(cardinality(f.routes), 0)
  from stored s left join fan f on f.event_type = s.type)";

constexpr auto insert_and_claim_end = R"(
  select s.id, coalesce(cardinality(f.routes), 0), s.seq, null::bigint[],
         null::integer, null::bigint
  from stored s left join fan f on f.event_type = s.type
  union all
  select null, null, null, event_seqs, route_id, token from granted)";

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

const char* insert_events_text() {
  static const auto result = std::string{insert_begin} + batches + claim_nothing
                             + enqueue + fan_out_text() + insert_end;
  return result.c_str();
}

const char* insert_and_claim_text() {
  static const auto result = std::string{insert_begin} + batches + claim
                             + enqueue + fan_out_text() + insert_and_claim_end;
  return result.c_str();
}

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
