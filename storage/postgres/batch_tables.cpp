#include "batch_tables.hpp"

namespace inbox::postgres {

namespace {

constexpr auto drop_status = "drop view {p}_status";

// Whoever holds a claim of before does not run any more: what it has not
// settled gets that lease as its own, and is claimed again when it runs out.
constexpr auto scatter_claims = R"(
  with gone as (
    delete from {p}_claim returning token, route_id, owner, lease_until, event_seqs
  ), left_over as (
    delete from {p}_queue q
    using (
      select g.*, s.event_seq
      from gone g
      cross join lateral unnest(g.event_seqs) as s(event_seq)
    ) m
    where q.route_id = m.route_id and q.event_seq = m.event_seq
    returning q.event_seq, q.route_id, q.due, m.token, m.owner, m.lease_until
  )
  insert into {p}_delivery (event_seq, route_id, due, attempts, lease_token,
                            lease_owner, lease_until)
  select event_seq, route_id, due, 1, token, owner, lease_until
  from left_over)";

constexpr auto rename_queue = "alter table {p}_queue rename to {p}_single";

constexpr auto rename_key
  = "alter index {p}_queue_pkey rename to {p}_single_pkey";

// What nobody has begun yet, and waits for no other. A row has deliveries of
// one route that were written together, in the order of writing, out of a block
// of 256 numbers: so the row of an event can be found by where it begins. The
// sizes are those of the payloads, so that a claim need not look at the events.
// A row fits into a page, and is read once or twice: neither pressing it
// together nor storing parts of it elsewhere would be worth the time.
constexpr auto create_queue = R"(
  create table {p}_queue (
    first_seq bigint not null,
    due timestamptz not null,
    route_id integer not null,
    event_seqs bigint[] not null,
    sizes integer[] not null,
    primary key (route_id, first_seq),
    check (cardinality(event_seqs) > 0),
    check (cardinality(event_seqs) = cardinality(sizes)))
  with (autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_threshold = 1000,
        autovacuum_analyze_scale_factor = 0.05))";

constexpr auto store_queue = R"(
  alter table {p}_queue
    alter event_seqs set storage plain,
    alter sizes set storage plain)";

constexpr auto fill_queue = R"(
  insert into {p}_queue (first_seq, due, route_id, event_seqs, sizes)
  select min(event_seq), min(due), route_id,
         array_agg(event_seq order by event_seq),
         array_agg(bytes order by event_seq)
  from {p}_single
  group by route_id, event_seq >> 8)";

constexpr auto drop_single = "drop table {p}_single";

// One row is the lease of what was claimed of one row of the queue. It names
// what has not been settled yet.
constexpr auto change_claim = R"(
  alter table {p}_claim
    drop constraint {p}_claim_pkey,
    drop column unsettled,
    add column block bigint not null,
    add column due timestamptz not null,
    add primary key (token),
    alter event_seqs set storage plain)";

constexpr auto index_claim
  = "create index {p}_claim_block on {p}_claim (block)";

// A delivery is in the queue, claimed out of it, in the table of deliveries, or
// done. Each part can be searched by the event's id.
constexpr auto create_status = R"(
  create view {p}_status as
  select s.event_id, s.event_type, r.handler_key,
         case when s.route_id is null then 'unrouted'
              when s.progress = 3 then 'dead'
              when s.progress = 2 then 'done'
              when s.lease_owner is not null then 'in_progress'
              when s.progress = 1 then 'failed'
              else 'pending' end as status,
         s.attempts, s.due, s.finished_at, s.message, s.progress,
         s.lease_owner, s.lease_until, s.lease_token
  from (
    select e.id as event_id, e.type as event_type, d.route_id, d.attempts,
           d.due, d.finished_at, d.message, d.progress, d.lease_owner,
           d.lease_until, d.lease_token
    from {p}_event e
    join {p}_delivery d on d.event_seq = e.seq
    union all
    select e.id, e.type, q.route_id, 0::smallint, q.due, null, null,
           0::smallint, null, null, 0
    from {p}_event e
    join {p}_route qr on qr.event_type = e.type
    join {p}_queue q
      on q.route_id = qr.id
     and q.first_seq between (e.seq >> 8) << 8 and e.seq
     and e.seq = any(q.event_seqs)
    union all
    select e.id, e.type, c.route_id, 1::smallint, c.due, null, null,
           0::smallint, c.owner, c.lease_until, c.token
    from {p}_event e
    join {p}_claim c on c.block = e.seq >> 8 and e.seq = any(c.event_seqs)
    union all
    select e.id, e.type, x.route_id, 1::smallint, e.written_at, x.finished_at,
           null, 2::smallint, null, null, x.lease_token
    from {p}_event e
    join {p}_done x on x.block = e.seq >> 12 and e.seq = any(x.event_seqs)
    union all
    select e.id, e.type, null, null, null, null, null, null, null, null, null
    from {p}_event e
    where e.unrouted
  ) s
  left join {p}_route r on r.id = s.route_id)";

} // namespace

migration batch_tables() {
  return {drop_status,  scatter_claims, rename_queue, rename_key,
          create_queue, store_queue,    fill_queue,   drop_single,
          change_claim, index_claim,    create_status};
}

} // namespace inbox::postgres
