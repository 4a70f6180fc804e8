#include "verbs.hpp"

#include "read_event.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace inbox::postgres {

namespace {

// The oldest deliveries of one route that may go out. The literals make the two
// partial indexes usable, one for each half: what is unfinished is said in two
// ways, so that neither can be taken for the other. The lease is not in the
// index, so that claiming does not change it: what is leased is passed by. A
// row that somebody else has claimed since this statement began is looked at
// once more when its lock is there.
const std::string runnable = R"(
      select d.event_seq, d.route_id, d.due
      from {p}_delivery d
      where d.route_id = demand.route_id
        and d.progress < 2
        and d.due <= now()
        and (d.lease_until is null or d.lease_until <= now())
        and (d.ordering_key is null or not exists (
               select from {p}_delivery e
               where e.route_id = d.route_id
                 and e.ordering_key = d.ordering_key
                 and e.finished_at is null
                 and e.event_seq < d.event_seq))
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
const std::string take = R"(, due as materialized (
    select x.event_seq, x.route_id
    from demand
    cross join lateral ()"
                         + runnable + R"(
      for no key update skip locked
    ) x
    order by x.due, x.event_seq, x.route_id
    limit $3
  ), taken as (
    update {p}_delivery d
    set lease_token = d.lease_token + 1,
        attempts = d.attempts + (d.attempts < $6)::integer,
        lease_owner = case when d.attempts < $6 then $4 end,
        lease_until = case when d.attempts < $6 then now() + $5 end,
        progress = case when d.attempts < $6 then d.progress else 3 end,
        finished_at = case when d.attempts >= $6 then now() end,
        message = case when d.attempts >= $6
                            and (d.lease_owner is not null
                                 or d.message is null)
                       then 'lease expired on attempt ' || d.attempts || ' of '
                            || $6
                       else d.message end
    from due
    where d.event_seq = due.event_seq and d.route_id = due.route_id
    returning d.*
  )
  select t.event_seq, t.route_id, t.lease_token, t.attempts::integer,
         t.progress = 3, t.message, e.id, e.type,
         case when t.progress < 2 then e.payload end, e.date, e.ordering_key,
         e.headers,
         case when t.progress = 3 then
           (select r.handler_key from {p}_route r where r.id = t.route_id) end
  from taken t
  join {p}_event e on e.seq = t.event_seq
  order by t.due, t.event_seq, t.route_id)";

const std::string claim_given = given_demand + take;

const std::string claim_shared = shared_demand + take;

/// The largest number that a delivery's counter of attempts can reach.
constexpr uint32_t most_attempts = std::numeric_limits<int16_t>::max();

/// Returns the routes with room, each once.
std::map<route_id, uint32_t> rooms(const claim_deliveries& x) {
  std::map<route_id, uint32_t> result;
  for (auto& entry : x.demand)
    if (auto room = std::min(entry.room, x.limit); room > 0)
      result[entry.route] = std::max(result[entry.route], room);
  return result;
}

buried_delivery read_buried(rows& from, int row) {
  buried_delivery result;
  result.route = from.get<int32_t>(row, 1);
  result.attempts = static_cast<uint32_t>(from.get<int32_t>(row, 3));
  result.message = from.get<std::string>(row, 5);
  result.event_id = from.get<uuid>(row, 6);
  result.event_type = from.get<std::string>(row, 7);
  result.handler_key = from.get<std::string>(row, 12);
  return result;
}

claimed_delivery read_claimed(rows& from, int row) {
  claimed_delivery result;
  result.lease.seq = from.get<int64_t>(row, 0);
  result.lease.route = from.get<int32_t>(row, 1);
  result.lease.token = from.get<int64_t>(row, 2);
  result.attempt = static_cast<uint32_t>(from.get<int32_t>(row, 3));
  result.event = read_event(from, row, 6);
  return result;
}

} // namespace

caf::expected<claimed_deliveries> claim(session& on,
                                        const claim_deliveries& x) {
  claimed_deliveries result;
  column<int32_t> routes;
  column<int64_t> room;
  uint64_t total = 0;
  auto demand = rooms(x);
  if (demand.empty())
    return result;
  for (auto& [id, n] : demand) {
    routes.push(id);
    room.push(int64_t{n});
    total += n;
  }
  auto max_attempts
    = static_cast<int32_t>(std::min(x.max_attempts, most_attempts));
  auto& text = total <= x.limit ? claim_given : claim_shared;
  auto answer
    = on.run(text.c_str(),
             params::of(std::move(routes), std::move(room), int64_t{x.limit},
                        x.owner, x.lease_duration, max_attempts),
             effect::commits);
  if (!answer)
    return std::move(answer.error());
  for (auto row = 0; row < answer->size(); ++row) {
    if (answer->get<bool>(row, 4))
      result.buried.push_back(read_buried(*answer, row));
    else
      result.claimed.push_back(read_claimed(*answer, row));
  }
  if (auto err = answer->check())
    return err;
  return result;
}

} // namespace inbox::postgres
