#include "verbs.hpp"

#include "../../messages/error.hpp"

#include <string>
#include <utility>

namespace inbox::postgres {

namespace {

// Writes nothing where the route is there already, as on nearly every start.
constexpr auto add_text = R"(
  with found as (
    select id from {p}_route
    where event_type = $1 and handler_key = $2 and active
  ), made as (
    insert into {p}_route (event_type, handler_key)
    select $1, $2 where not exists (select from found)
    on conflict (event_type, handler_key) do update set active = true
    returning id
  )
  select id from found union all select id from made)";

constexpr auto remove_text = R"(
  update {p}_route set active = false where id = $1 returning id)";

// Skips what somebody else routes at this moment. `unrouted` is looked at once
// more when a row's lock is there.
constexpr auto route_text = R"(
  with types as materialized (
    select distinct named.event_type
    from {p}_route named
    join {p}_route r on r.event_type = named.event_type and r.active
    where named.id = any($1)
  ), kept as materialized (
    select e.*
    from types t
    cross join lateral (
      select seq, type, ordering_key
      from {p}_event
      where type = t.event_type and unrouted
      order by seq
      limit $2
      for no key update skip locked
    ) e
    order by e.seq
    limit $2
  ), added as (
    insert into {p}_delivery (event_seq, route_id, ordering_key, due)
    select k.seq, r.id, k.ordering_key, now()
    from kept k
    join {p}_route r on r.event_type = k.type and r.active
    order by k.seq, r.id
    on conflict do nothing
  ), cleared as (
    update {p}_event e
    set unrouted = false
    from kept k
    where e.seq = k.seq
    returning e.seq
  )
  select count(*)::integer from cleared)";

} // namespace

caf::expected<added_route> add(session& on, const add_route& x) {
  auto answer = on.run(add_text, params::of(x.event_type, x.handler_key),
                       effect::commits);
  if (!answer)
    return std::move(answer.error());
  added_route result{answer->get<int32_t>(0, 0)};
  if (auto err = answer->check())
    return err;
  return result;
}

caf::expected<void> remove(session& on, const remove_route& x) {
  auto answer = on.run(remove_text, params::of(x.route), effect::commits);
  if (!answer)
    return std::move(answer.error());
  if (answer->size() == 0)
    return make_error(errc::invalid, "route",
                      "the store has no route " + std::to_string(x.route));
  return caf::expected<void>{};
}

caf::expected<routed_events> route(session& on, const route_events& x) {
  if (x.routes.empty() || x.limit == 0)
    return routed_events{};
  column<int32_t> routes;
  for (auto id : x.routes)
    routes.push(id);
  auto answer = on.run(route_text,
                       params::of(std::move(routes), int64_t{x.limit}),
                       effect::commits);
  if (!answer)
    return std::move(answer.error());
  routed_events result{static_cast<uint32_t>(answer->get<int32_t>(0, 0))};
  if (auto err = answer->check())
    return err;
  return result;
}

} // namespace inbox::postgres
