#include "queue_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// Batches are read in the order of writing, but not their arrays. A few more of
// them than the room asks for are read; `stopped` says that there may be still
// more. Of the last one only a part may be wanted.
//
// Deliveries go out by due time, then in the order of their events. What was
// written together has one due time, so batches of several routes overlap in
// that order only if they are of one block of events: these are peers.
const std::string queued = R"(, queued as materialized (
    select q.*, q.first_seq >> 8 as block,
           least(q.length, wish.room - q.ahead)::integer as n,
           q.ahead_of_all < wish.room and q.batches = q.width as stopped
    from wish
    cross join lateral (
      select q.*, wish.width,
             sum(q.length) over (order by q.first_seq) - q.length as ahead,
             sum(q.length) over () as ahead_of_all, count(*) over () as batches
      from (
        select q.route_id, q.first_seq, q.due,
               cardinality(q.event_seqs) as length
        from {p}_queue q
        where q.route_id = wish.route_id
          and q.first_seq > wish.passed
          and q.due <= now()
        order by q.first_seq
        limit least(wish.room, wish.width))";

// Nobody else looks at the queue: there is a lock on the routes.
constexpr auto without_locks = "";

// What another claim has locked is left to it until its commit. What was cut
// meanwhile has another number now, and is not found by it below.
constexpr auto with_locks = R"(
        for update skip locked)";

constexpr auto fitting = R"(
      ) q
    ) q
    where q.ahead < wish.room)";

// Else nothing is to be claimed, and not to be locked either.
constexpr auto if_alone = R"(
      and not exists (select from other))";

constexpr auto weighed = R"(
  ), counted as materialized (
    select q.*
    from (
      select q.*, sum(q.n) over (order by q.due, q.block) as total,
             sum(q.n) over (partition by q.due, q.block) as peers
      from queued q
    ) q
    where q.total - q.peers < $3
  ), weighed as materialized (
    select w.*, total > peers and weight - weight_of_peers > $7 as behind
    from (
      select c.*, sum(c.bytes) over (order by c.due, c.block) as weight,
             sum(c.bytes) over (partition by c.due, c.block) as weight_of_peers
      from (
        select c.*, (select sum(s.bytes)
                     from (
                       select unnest(case when c.n = c.length then q.sizes
                                          else q.sizes[1:c.n] end) as bytes
                     ) s) as bytes
        from counted c
        join {p}_queue q
          on q.route_id = any(array[c.route_id]) and q.first_seq = c.first_seq
        where not exists (select from other)
        offset 0 -- else the sum would be worked out for each use
      ) c
    ) w
  ))";

// Only the peers at the border are looked into. The first delivery of all fits
// whatever its size is, so that the border may be where nothing is left: what is
// behind it counts as well.
constexpr auto alone = R"(, border as materialized (
    select d.*, nth <= 1 or heap <= $7 as fits
    from (
      select w.route_id, w.first_seq,
             w.total - w.peers + row_number() over before as nth,
             w.weight - w.weight_of_peers + sum(s.bytes) over before as heap
      from weighed w
      join {p}_queue q
        on q.route_id = any(array[w.route_id]) and q.first_seq = w.first_seq
      cross join lateral unnest(q.event_seqs[1:w.n], q.sizes[1:w.n])
        as s(event_seq, bytes)
      where (w.total > $3 or w.weight > $7) and not w.behind
      window before as (order by s.event_seq, w.route_id)
    ) d
    where nth <= $3
  ), alone as (
    select route_id, first_seq, n as taken
    from weighed
    where total <= $3 and weight <= $7
    union all
    select route_id, first_seq, count(*)::integer
    from border
    where fits
    group by route_id, first_seq
  ))";

// Routes that have room left, and of which this statement sees what others have:
// locked, or taken since it began.
constexpr auto withheld = R"(, withheld as materialized (
    select
    from wish
    left join (
      select p.route_id, count(*) as n, sum(p.taken) as taken
      from picked p
      group by p.route_id
    ) had on had.route_id = wish.route_id
    where $13
      and not exists (select from other)
      and (select coalesce(sum(p.taken), 0) from picked p) < $3
      and coalesce(had.taken, 0) < wish.room
      and (select count(*)
           from (
             select from {p}_queue q
             where q.route_id = wish.route_id
               and q.first_seq > wish.passed
               and q.due <= now()
             order by q.first_seq
             limit least(wish.room, wish.width)
           ) q)
        > coalesce(had.n, 0)
  ))";

} // namespace

std::string queue_text(bool passing_over) {
  auto text = queued + (passing_over ? with_locks : without_locks) + fitting;
  return text + (passing_over ? if_alone : "") + weighed + alone;
}

const char* withheld_text() {
  return withheld;
}

} // namespace inbox::postgres
