#include "ordering.hpp"

#include "../../messages/error.hpp"

#include <utility>

namespace inbox::postgres {

namespace {

// Locks rows in the order of their keys, as all that wait for such locks do.
// Answers how many were finished or erased by somebody else meanwhile.
constexpr auto free_text = R"(
  with next as materialized (
    select distinct o.event_seq, o.route_id
    from unnest($1::integer[], $2::text[], $3::bigint[])
      as gone(route_id, ordering_key, event_seq)
    cross join lateral (
      select d.event_seq, d.route_id
      from {p}_delivery d
      where d.route_id = gone.route_id
        and d.ordering_key = gone.ordering_key
        and d.finished_at is null
        and d.event_seq > gone.event_seq
      order by d.event_seq
      limit 1
    ) o
  ), held as materialized (
    select d.event_seq, d.route_id, d.blocked
    from next
    join {p}_delivery d
      on d.event_seq = any(array[next.event_seq])
        and d.route_id = next.route_id
    where d.finished_at is null
    order by d.event_seq, d.route_id
    for no key update of d
  ), freed as (
    update {p}_delivery d
    set blocked = false
    from held
    where d.event_seq = any(array[held.event_seq])
      and d.route_id = held.route_id
      and held.blocked
  )
  select (select count(*) from next) - (select count(*) from held))";

/// How often the next delivery may be finished between two looks at it.
constexpr int max_rounds = 20;

} // namespace

caf::error free_next(session& on, transaction& within, const params& gone) {
  for (auto round = 0; round < max_rounds; ++round) {
    auto answer = within.run(on.sql(free_text), gone);
    if (!answer)
      return std::move(answer.error());
    auto vanished = answer->get<int64_t>(0, 0);
    if (auto err = answer->check())
      return err;
    if (vanished == 0)
      return {};
  }
  return make_error(errc::busy, "store",
                    "deliveries behind a finished one end too often");
}

void gone_deliveries::push(route_id route, std::string_view ordering_key,
                           event_seq seq) {
  route_.push(route);
  ordering_key_.push(ordering_key);
  seq_.push(seq);
  empty_ = false;
}

params gone_deliveries::take() {
  return params::of(std::move(route_), std::move(ordering_key_),
                    std::move(seq_));
}

} // namespace inbox::postgres
