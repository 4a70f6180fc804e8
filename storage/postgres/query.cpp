#include "verbs.hpp"

#include "read_delivery.hpp"
#include "read_event.hpp"

#include <utility>

namespace inbox::postgres {

namespace {

// One statement sees one state of the event. The payload comes once, however
// many deliveries there are.
constexpr auto find_text = R"(
  select e.id, e.type,
         case when row_number() over (order by s.handler_key) = 1
              then e.payload else '' end,
         e.date, e.ordering_key, e.headers, e.cause, e.written_at,
         s.handler_key, s.progress, s.attempts, s.due, s.lease_owner, s.lease_until,
         s.lease_token, s.finished_at, s.message
  from {p}_event e
  left join {p}_status s on s.event_id = e.id
  where e.id = $1
  order by s.handler_key)";

constexpr auto count_deliveries_text = R"(
  select r.event_type, r.handler_key,
         coalesce(d.pending, 0) + coalesce(q.n, 0),
         coalesce(d.in_progress, 0) + coalesce(c.n, 0),
         coalesce(d.failed, 0), coalesce(d.done, 0) + coalesce(o.n, 0),
         coalesce(d.dead, 0)
  from {p}_route r
  left join (
    select route_id,
           count(*) filter (where progress = 0 and lease_owner is null)
             as pending,
           count(*) filter (where progress < 2 and lease_owner is not null)
             as in_progress,
           count(*) filter (where progress = 1 and lease_owner is null)
             as failed,
           count(*) filter (where progress = 2) as done,
           count(*) filter (where progress = 3) as dead
    from {p}_delivery
    group by route_id
  ) d on d.route_id = r.id
  left join (
    select route_id, sum(cardinality(event_seqs)) as n
    from {p}_queue
    group by route_id
  ) q on q.route_id = r.id
  left join (
    select route_id, sum(cardinality(event_seqs)) as n
    from {p}_claim
    group by route_id
  ) c on c.route_id = r.id
  left join (
    select route_id, sum(deliveries) as n from {p}_done group by route_id
  ) o on o.route_id = r.id
  where r.active
     or d.route_id is not null
     or q.route_id is not null
     or c.route_id is not null
     or o.route_id is not null
  order by r.event_type, r.handler_key)";

constexpr auto count_unrouted_text = R"(
  select type, count(*) from {p}_event where unrouted group by type
  order by type)";

} // namespace

caf::expected<event_record> find(session& on, const find_event& x) {
  event_record result;
  auto answer = on.run(find_text, params::of(x.id), effect::none, on.start(),
                       planning::free);
  if (!answer)
    return std::move(answer.error());
  if (answer->size() > 0) {
    payload_blocks payloads;
    result.event = read_event(*answer, 0, 0, payloads);
    result.written = answer->get<timestamp>(0, 7);
  }
  for (auto row = 0; row < answer->size(); ++row)
    if (!answer->null(row, 8)) // the only row of an event without deliveries
      result.deliveries.push_back(read_delivery(*answer, row));
  if (auto err = answer->check())
    return err;
  return result;
}

caf::expected<store_summary> summarize(session& on) {
  std::vector<step> steps;
  steps.push_back({&on.sql(count_deliveries_text), {}});
  steps.push_back({&on.sql(count_unrouted_text), {}});
  auto answers = on.conn().run(std::move(steps), effect::none, on.start(),
                               planning::free);
  if (!answers)
    return std::move(answers.error());
  store_summary result;
  auto& deliveries = answers->front();
  auto number = [&](int row, int col) {
    return static_cast<uint64_t>(deliveries.get<int64_t>(row, col));
  };
  for (auto row = 0; row < deliveries.size(); ++row) {
    auto& entry = result.routes.emplace_back();
    entry.event_type = deliveries.get<std::string>(row, 0);
    entry.handler_key = deliveries.get<std::string>(row, 1);
    entry.pending = number(row, 2);
    entry.in_progress = number(row, 3);
    entry.failed = number(row, 4);
    entry.done = number(row, 5);
    entry.dead = number(row, 6);
  }
  auto& unrouted = answers->back();
  for (auto row = 0; row < unrouted.size(); ++row)
    result.unrouted.push_back(
      {unrouted.get<std::string>(row, 0),
       static_cast<uint64_t>(unrouted.get<int64_t>(row, 1))});
  if (auto err = deliveries.check() ? deliveries.check() : unrouted.check())
    return err;
  return result;
}

} // namespace inbox::postgres
