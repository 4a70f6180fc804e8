#include "statements.hpp"

#include "tables.hpp"

#include "../fence.hpp"

namespace inbox::sqlite {

namespace {

// Whoever settles must hold the lease: the fence.
constexpr const char* if_held
  = fenced ? " where event_seq = ? and route_id = ? and lease_token = ?"
             " and lease_owner is not null and progress < 2"
           : " where event_seq = ? and route_id = ? and ? > 0"
             " and progress < 2";

constexpr const char* end_lease = "lease_owner = null, lease_until = null";

std::string settle(const char* changes) {
  return std::string{"update $delivery set "} + changes + end_lease + if_held;
}

} // namespace

// The claim names its indexes, so that a statistic that is out of date cannot
// make it read everything.
statements::statements(connection& db, const std::string& prefix)
  : insert_event{db, with_prefix(prefix, R"(
insert into $event (id, type, written_at, unrouted, date, ordering_key, headers,
                    payload, cause)
values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing)")},
    find_written{db, with_prefix(prefix, R"(
select seq, type, ordering_key, unrouted from $event where id = ?)")},
    active_routes{db, with_prefix(prefix, R"(
select id from $route where event_type = ? and active = 1 order by id)")},
    insert_delivery{db, with_prefix(prefix, R"(
insert into $delivery (event_seq, route_id, ordering_key, due, blocked)
values (?1, ?2, ?3, ?4, ?3 is not null and exists (
  select 1 from $delivery earlier indexed by $delivery_order
  where earlier.route_id = ?2 and earlier.ordering_key = ?3
    and earlier.event_seq < ?1 and earlier.progress < 2))
on conflict do nothing)")},
    mark_routed{db, with_prefix(prefix, R"(
update $event set unrouted = 0 where seq = ?)")},
    insert_route{db, with_prefix(prefix, R"(
insert into $route (event_type, handler_key) values (?, ?)
on conflict (event_type, handler_key)
do update set active = 1
returning id)")},
    find_route{db, with_prefix(prefix, R"(
select id from $route
where event_type = ? and handler_key = ? and active = 1)")},
    key_of_route{db, with_prefix(prefix, R"(
select handler_key from $route where id = ?)")},
    deactivate_route{db, with_prefix(prefix, R"(
update $route set active = 0 where event_type = ? and handler_key = ?)")},
    active_type_of_route{db, with_prefix(prefix, R"(
select named.event_type from $route named
where named.id = ? and exists (
  select 1 from $route other
  where other.event_type = named.event_type and other.active = 1))")},
    unrouted_events{db, with_prefix(prefix, R"(
select seq, ordering_key from $event indexed by $event_unrouted
where type = ? and unrouted = 1 order by seq limit ?)")},
    select_due{with_prefix(prefix, R"(
select due, event_seq, attempts, lease_token, lease_owner is not null, message,
  ordering_key
from $delivery d indexed by $delivery_due
where route_id = ?1 and progress < 2 and blocked = 0 and due <= ?2
  and (due, event_seq) > (?3, ?4)
  and (lease_owner is null or lease_until <= ?2)
  and (ordering_key is null or not exists (
      select 1 from $delivery earlier indexed by $delivery_order
      where earlier.route_id = d.route_id
        and earlier.ordering_key = d.ordering_key
        and earlier.event_seq < d.event_seq and earlier.progress < 2)
    and not exists (
      select 1 from $delivery later indexed by $delivery_free
      where later.route_id = d.route_id
        and later.ordering_key = d.ordering_key
        and later.event_seq > d.event_seq and later.progress < 2
        and later.blocked = 0 and later.lease_until > ?2)
    and not exists (
      select 1 from $route r
      cross join $event kept indexed by $event_unrouted_order
      where r.id = ?1 and r.active = 1 and kept.type = r.event_type
        and kept.ordering_key = d.ordering_key and kept.unrouted = 1
        and kept.seq < d.event_seq))
order by due, event_seq)")},
    block_others{db, with_prefix(prefix, R"(
update $delivery indexed by $delivery_free set blocked = 1
where route_id = ? and ordering_key = ? and event_seq > ?
  and progress < 2 and blocked = 0 and lease_owner is null)")},
    claim{db, with_prefix(prefix, R"(
update $delivery set lease_owner = ?, lease_until = ?,
  lease_token = lease_token + 1, attempts = attempts + 1
where event_seq = ? and route_id = ?)")},
    bury{db, with_prefix(prefix, R"(
update $delivery set progress = 3, finished_at = ?, message = ?,
  lease_token = lease_token + 1, lease_owner = null, lease_until = null
where event_seq = ? and route_id = ?)")},
    load_event{db, with_prefix(prefix, R"(
select id, type, date, ordering_key, headers, payload, cause from $event
where seq = ?)")},
    settle_done{db,
                with_prefix(prefix, settle("progress = 2, finished_at = ?, "))},
    settle_failed{db, with_prefix(prefix, settle("progress = 1, due = ?, "
                                                 "message = ?, "))},
    settle_dead{db, with_prefix(prefix, settle("progress = 3, finished_at = ?, "
                                               "message = ?, "))},
    settle_snoozed{db,
                   with_prefix(prefix, settle("due = ?, "
                                              "attempts = attempts - 1, "))},
    settle_released{db,
                    with_prefix(prefix, settle("attempts = attempts - 1, "))},
    was_ended{db, with_prefix(prefix, R"(
select 1 from $delivery where event_seq = ? and route_id = ?
  and lease_token = ? and lease_token > 0 and lease_owner is null)")},
    free_next{db, with_prefix(prefix, R"(
update $delivery set blocked = 0
where route_id = ?1 and blocked = 1 and event_seq = (
  select next.event_seq from $delivery next indexed by $delivery_order
  where next.route_id = ?1 and next.event_seq > ?2 and next.progress < 2
    and next.ordering_key = (
      select ordering_key from $delivery
      where event_seq = ?2 and route_id = ?1)
  order by next.event_seq limit 1))")},
    renew{db, with_prefix(prefix,
                          std::string{"update $delivery set lease_until = ?"}
                            + if_held)},
    select_old{db, with_prefix(prefix, R"(
select e.seq, e.written_at, count(d.route_id), total(d.progress < 2),
  total(d.lease_until > ?1), max(d.finished_at)
from (select seq, written_at from $event where seq > ?2 order by seq limit ?3) e
left join $delivery d on d.event_seq = e.seq
group by e.seq order by e.seq)")},
    find_guards{db, with_prefix(prefix, R"(
select route_id from $delivery
where event_seq = ? and progress < 2 and ordering_key is not null)")},
    erase_deliveries{db, with_prefix(prefix, R"(
delete from $delivery where event_seq = ?)")},
    erase_event{db, with_prefix(prefix, R"(
delete from $event where seq = ?)")},
    find_event{db, with_prefix(prefix, R"(
select seq, written_at from $event where id = ?)")},
    find_deliveries{db, with_prefix(prefix, R"(
select handler_key, progress, attempts, due, lease_owner, lease_until,
  lease_token, finished_at, message
from $delivery join $route on id = route_id
where event_seq = ? order by handler_key)")},
    count_deliveries{db, with_prefix(prefix, R"(
with counts as (
  select route_id,
    sum(progress = 0 and lease_owner is null) as pending,
    sum(progress < 2 and lease_owner is not null) as in_progress,
    sum(progress = 1 and lease_owner is null) as failed,
    sum(progress = 2) as done, sum(progress = 3) as dead
  from $delivery group by route_id)
select event_type, handler_key, coalesce(pending, 0), coalesce(in_progress, 0),
  coalesce(failed, 0), coalesce(done, 0), coalesce(dead, 0)
from $route left join counts on route_id = id
where active = 1 or route_id is not null
order by event_type, handler_key)")},
    trace_event{db, with_prefix(prefix, R"(
select seq, id, type, written_at, cause from $event where id = ?)")},
    trace_caused{db, with_prefix(prefix, R"(
select seq, id, type, written_at from $event indexed by $event_cause
where cause = ? order by seq limit ?)")},
    count_of_event{db, with_prefix(prefix, R"(
select count(*) filter (where progress = 0 and lease_owner is null),
  count(*) filter (where progress < 2 and lease_owner is not null),
  count(*) filter (where progress = 1 and lease_owner is null),
  count(*) filter (where progress = 2), count(*) filter (where progress = 3)
from $delivery where event_seq = ?)")},
    count_unrouted{db, with_prefix(prefix, R"(
select type, count(*) from $event indexed by $event_unrouted
where unrouted = 1 group by type order by type)")} {
  // nop
}

} // namespace inbox::sqlite
