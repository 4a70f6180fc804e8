#include "verbs.hpp"

#include "look_text.hpp"
#include "write_text.hpp"

#include <string>
#include <utility>

namespace inbox::postgres {

namespace {

constexpr auto find_text = R"(
  select id from {p}_route
  where event_type = $1 and handler_key = $2 and active)";

// The others of the type are changed to what they are, which a transaction with
// an older snapshot notices: see `session::keep_snapshot`.
constexpr auto add_text = R"(
  with noticed as (
    update {p}_route
    set active = active
    where event_type = $1 and handler_key <> $2
  )
  insert into {p}_route (event_type, handler_key) values ($1, $2)
  on conflict (event_type, handler_key) do update set active = true
  returning id)";

constexpr auto remove_text = R"(
  update {p}_route
  set active = false
  where event_type = $1 and handler_key = $2 and active)";

// Skips what somebody else routes at this moment. `unrouted` is looked at once
// more when a row's lock is there; nobody else gives these a delivery then.
constexpr auto route_begin = R"(
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
  ), waiting as (
    select k.seq, r.id as route_id, k.ordering_key
    from kept k
    join {p}_route r on r.event_type = k.type and r.active
  ))";

constexpr auto route_end = R"(, cleared as (
    update {p}_event e
    set unrouted = false
    from kept k
    where e.seq = any(array[k.seq])
    returning e.seq
  )
  select count(*)::integer from cleared)";

const std::string route_text = route_begin + fan_out_text() + route_end;

} // namespace

caf::expected<added_route> add(session& on, const add_route& x) {
  // Locks and writes nothing where the route is there already, as on nearly
  // every start.
  auto until = on.start();
  auto args = params::of(x.event_type, x.handler_key);
  auto answer = on.run(find_text, args, effect::none, until);
  if (answer && answer->size() == 0)
    answer = on.run_with_routes(route_access::change, add_text, std::move(args),
                                until);
  if (!answer)
    return std::move(answer.error());
  added_route result{answer->get<int32_t>(0, 0)};
  if (auto err = answer->check())
    return err;
  return result;
}

caf::expected<void> remove(session& on, const remove_route& x) {
  auto answer = on.run_with_routes(route_access::change, remove_text,
                                   params::of(x.event_type, x.handler_key),
                                   on.start());
  if (!answer)
    return std::move(answer.error());
  return caf::expected<void>{};
}

caf::expected<routed_events> route(session& on, const route_events& x) {
  if (x.routes.empty() || x.limit == 0)
    return routed_events{};
  auto routes = [&x] {
    column<int32_t> result;
    for (auto id : x.routes)
      result.push(id);
    return result;
  };
  auto is_kept = on.ask(is_kept_text(), params::of(routes()), on.start());
  if (!is_kept)
    return std::move(is_kept.error());
  if (!*is_kept)
    return routed_events{};
  auto answer = on.run_with_routes(route_access::read, route_text.c_str(),
                                   params::of(routes(), int64_t{x.limit}),
                                   on.start(), planning::by_index_and_hash);
  if (!answer)
    return std::move(answer.error());
  routed_events result{static_cast<uint32_t>(answer->get<int32_t>(0, 0))};
  if (auto err = answer->check())
    return err;
  return result;
}

} // namespace inbox::postgres
