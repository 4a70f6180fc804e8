#include "follow_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// In a circle of causes it goes round up to the limit: whoever reads it stops
// at the first event that comes again.
constexpr auto up = R"(
  with recursive up as (
    select 0 as depth, e.id, e.type, e.cause, e.written_at
    from {p}_event e
    where e.id = $1
    union all
    select u.depth + 1, e.id, e.type, e.cause, e.written_at
    from up u
    join {p}_event e on e.id = u.cause
    where u.depth <= $2
  ))";

// Generation by generation. Each begins with what the first one of the last
// generation caused, and ends with one more than the limit; no other follows
// once there are more than the limit in all. Only the event itself can come
// again, as each has one cause.
constexpr auto down = R"(, down as (
    select 1 as depth, row_number() over (order by g.seq) as place,
           count(*) over () as total, g.id, g.type, g.cause, g.written_at
    from (
      select e.seq, e.id, e.type, e.cause, e.written_at
      from {p}_event e
      where e.cause = $1 and e.id <> $1
      order by e.seq
      limit $2 + 1
    ) g
    union all
    select g.depth, row_number() over (order by g.place, g.seq),
           g.total + count(*) over (), g.id, g.type, g.cause, g.written_at
    from (
      select d.depth + 1 as depth, d.place, d.total, c.*
      from down d
      cross join lateral (
        select e.seq, e.id, e.type, e.cause, e.written_at
        from {p}_event e
        where e.cause = d.id and e.id <> $1
        order by e.seq
        limit $2 + 1
      ) c
      where d.total <= $2
      order by d.place, c.seq
      limit $2 + 1
    ) g
  ))";

constexpr auto with_counts = R"(
  select x.part, x.depth, x.id, x.type, x.cause, x.written_at, s.pending,
         s.in_progress, s.failed, s.done, s.dead
  from (
    select 0 as part, depth, 0::bigint as place, id, type, cause, written_at
    from up
    union all
    (select 1, depth, place, id, type, cause, written_at
     from down
     order by depth, place
     limit $2 + 1)
  ) x
  cross join lateral (
    select count(*) filter (where s.status = 'pending')::integer as pending,
           count(*) filter (where s.status = 'in_progress')::integer
             as in_progress,
           count(*) filter (where s.status = 'failed')::integer as failed,
           count(*) filter (where s.status = 'done')::integer as done,
           count(*) filter (where s.status = 'dead')::integer as dead
    from {p}_status s
    where s.event_id = x.id
  ) s
  order by x.part, x.depth, x.place)";

} // namespace

const char* follow_text() {
  static const auto result = std::string{up} + down + with_counts;
  return result.c_str();
}

} // namespace inbox::postgres
