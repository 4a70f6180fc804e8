#include "verbs.hpp"

#include "claim_locks.hpp"
#include "ordering.hpp"
#include "scatter_text.hpp"
#include "transaction.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace inbox::postgres {

namespace {

// The lock keeps writers from adding deliveries to the events that are about to
// go. Who holds it already is at work on the event: then it stays. Large
// payloads are not read for their length.
constexpr auto lock_text = R"(
  with looked as (
    select seq, written_at <= now() - $3 as old, octet_length(payload) as size
    from {p}_event
    where seq > $1
    order by seq
    limit $2
  ), page as materialized (
    select seq, old, bytes
    from (select seq, old, size, sum(size) over (order by seq) as bytes
          from looked) summed
    where bytes - size < $4
  ), locked as materialized (
    select e.seq
    from {p}_event e
    join page on e.seq = any(array[page.seq]) and page.old
    order by e.seq
    for update of e skip locked
  )
  select count(*)::integer, max(seq),
         (select old from page order by seq desc limit 1),
         (select coalesce(array_agg(seq), '{}') from locked),
         coalesce(max(bytes), 0) >= $4
  from page)";

// What was done at the first attempt, what is in the queue and what is claimed,
// of the events that are about to be looked at. Others who erase at this moment
// change the same rows. "Not in" is a hash of the numbers, where "in" would be
// a join, row by row.
constexpr auto done_of_page = R"(
  with page as materialized (
    select seq from unnest($1::bigint[]) as p(seq)
  ), done as materialized (
    select o.id, o.finished_at, o.event_seqs
    from {p}_done o
    where o.block in (select distinct seq >> 12 from page)
    order by o.id
    for update
  ), finished as materialized (
    select s.event_seq, o.finished_at
    from done o
    cross join lateral unnest(o.event_seqs) as s(event_seq)
    where (s.event_seq not in (select seq from page)) is false
  ), waiting as materialized (
    select q.route_id, q.first_seq, s.event_seq, s.bytes
    from (
      select distinct r.id as route_id, page.seq >> 8 as block
      from page
      join {p}_event e on e.seq = any(array[page.seq])
      join {p}_route r on r.event_type = e.type
    ) b
    join {p}_queue q
      on q.route_id = any(array[b.route_id])
     and q.first_seq between b.block << 8 and (b.block << 8) + 255
    cross join lateral unnest(q.event_seqs, q.sizes) as s(event_seq, bytes)
  ), running as materialized (
    select s.event_seq
    from {p}_claim c
    cross join lateral unnest(c.event_seqs) as s(event_seq)
    where c.block in (select distinct seq >> 8 from page)
  ))";

// Also takes the victims out of what was done together with others.
constexpr auto erase_victims = R"(, gone_done as materialized (
    select id, array_agg(event_seq order by event_seq)
                 filter (where stays) as rest,
           count(*) filter (where not stays) as n
    from (
      select o.id, s.event_seq,
             s.event_seq not in (select seq from victim) as stays
      from done o
      cross join lateral unnest(o.event_seqs) as s(event_seq)
    ) member
    group by id
    having count(*) filter (where not stays) > 0
  ), emptied as (
    delete from {p}_done o using gone_done g
    where o.id = g.id and g.rest is null
  ), cut as (
    update {p}_done o
    set event_seqs = g.rest, deliveries = cardinality(g.rest)
    from gone_done g
    where o.id = g.id and g.rest is not null
  ), gone as (
    delete from {p}_delivery d
    using victim v
    where d.event_seq = any(array[v.seq])
    returning d.route_id, d.ordering_key, d.event_seq, d.finished_at
  ), erased as (
    delete from {p}_event e
    using victim v
    where e.seq = any(array[v.seq])
    returning 1
  ))";

// Begins after the locks are there, so it sees every delivery there is. Final
// deliveries do not change any more.
const std::string erase_finished_text = std::string{done_of_page} + R"(
  , ends as (
    select event_seq, progress >= 2 and finished_at <= now() - $2 as old
    from {p}_delivery
    where event_seq = any($1)
    union all
    select event_seq, finished_at <= now() - $2 from finished
    union all
    select event_seq, false from waiting
    union all
    select event_seq, false from running
  ), victim as materialized (
    select event_seq as seq from ends group by event_seq having bool_and(old)
  ))" + erase_victims + R"(
  select (select count(*) from erased)::integer,
         ((select count(*) from gone)
          + (select coalesce(sum(n), 0) from gone_done))::integer)";

// Unfinished deliveries may be claimed at any moment. Only an event of which
// all of them could be locked without a live lease goes. The locks of all
// claims are held: nothing is taken out of the queue meanwhile. Claims that had
// run out are scattered: what is left of them is running.
const std::string erase_all_text = std::string{done_of_page} + R"(
  , held as materialized (
    select event_seq, lease_until is null or lease_until <= now() as free
    from {p}_delivery
    where event_seq = any($1)
    order by event_seq, route_id
    for update skip locked
  ), free as (
    select event_seq, count(*) as n from held where free group by event_seq
  ), found as (
    select event_seq, count(*) as n
    from {p}_delivery
    where event_seq = any($1)
    group by event_seq
  ), victim as materialized (
    select p.seq
    from page p
    left join free on free.event_seq = p.seq
    left join found on found.event_seq = p.seq
    where coalesce(free.n, 0) = coalesce(found.n, 0)
      and p.seq not in (select r.event_seq from running r)
  ))" + erase_victims + R"(, unqueued as materialized (
    select route_id, first_seq,
           array_agg(event_seq order by event_seq) filter (where stays) as rest,
           array_agg(bytes order by event_seq) filter (where stays) as sizes,
           count(*) filter (where not stays) as n
    from (
      select w.*, w.event_seq not in (select seq from victim) as stays
      from waiting w
    ) member
    group by route_id, first_seq
    having count(*) filter (where not stays) > 0
  ), emptied_queue as (
    delete from {p}_queue q
    using unqueued u
    where q.route_id = any(array[u.route_id])
      and q.first_seq = u.first_seq
      and u.rest is null
  ), cut_queue as (
    update {p}_queue q
    set first_seq = u.rest[1], event_seqs = u.rest, sizes = u.sizes
    from unqueued u
    where q.route_id = any(array[u.route_id])
      and q.first_seq = u.first_seq
      and u.rest is not null
  ), guard as (
    select * from gone where finished_at is null and ordering_key is not null
  )
  select (select count(*) from erased)::integer,
         ((select count(*) from gone)
          + (select coalesce(sum(n), 0) from unqueued)
          + (select coalesce(sum(n), 0) from gone_done))::integer,
         (select array_agg(route_id) from guard),
         (select array_agg(ordering_key) from guard),
         (select array_agg(event_seq) from guard))";

constexpr uint64_t most_bytes = std::numeric_limits<int64_t>::max();

/// Keeps everybody from claiming until the end of the transaction, and leaves
/// only claims that have not run out.
caf::error stop_claims(session& on, transaction& tx) {
  if (auto locked = tx.run(on.sql(lock_claims_text),
                           all_claim_locks(on.prefix()));
      !locked)
    return std::move(locked.error());
  if (auto done = tx.run(on.sql(scatter_all_text()), {}); !done)
    return std::move(done.error());
  return {};
}

} // namespace

caf::expected<erased_events> erase(session& on, const erase_events& x) {
  erased_events result;
  if (x.limit == 0)
    return result;
  auto tx = transaction::begin(on.conn(), on.start());
  if (!tx)
    return std::move(tx.error());
  if (x.unfinished)
    if (auto err = stop_claims(on, *tx))
      return err;
  auto max_bytes = std::clamp<uint64_t>(x.max_bytes, 1, most_bytes);
  auto page = tx->run(on.sql(lock_text),
                      params::of(x.after, int64_t{x.limit}, x.older_than,
                                 static_cast<int64_t>(max_bytes)));
  if (!page)
    return std::move(page.error());
  auto seen = static_cast<uint32_t>(page->get<int32_t>(0, 0));
  auto full = page->get<bool>(0, 4) || seen == x.limit;
  if (full && page->get<bool>(0, 2))
    result.next = page->get<int64_t>(0, 1);
  params victims;
  victims.add_array<int64_t>(page->raw(0, 3));
  if (!x.unfinished)
    victims.add(x.older_than);
  auto erased = tx->run(on.sql(x.unfinished ? erase_all_text.c_str()
                                            : erase_finished_text.c_str()),
                        std::move(victims));
  if (!erased)
    return std::move(erased.error());
  result.events = static_cast<uint32_t>(erased->get<int32_t>(0, 0));
  result.deliveries = static_cast<uint32_t>(erased->get<int32_t>(0, 1));
  if (auto err = page->check() ? page->check() : erased->check())
    return err;
  if (x.unfinished && !erased->null(0, 2)) {
    params gone;
    gone.add_array<int32_t>(erased->raw(0, 2));
    gone.add_array<std::string_view>(erased->raw(0, 3));
    gone.add_array<int64_t>(erased->raw(0, 4));
    if (auto err = free_next(on, *tx, gone))
      return err;
  }
  if (auto err = tx->commit())
    return err;
  return result;
}

} // namespace inbox::postgres
