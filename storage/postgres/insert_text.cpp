#include "insert_text.hpp"

#include "insert_one_text.hpp"
#include "write_text.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace inbox::postgres {

namespace {

// Numbers are drawn in the order of the call: an event's number says when it
// was written. What each type is fanned out to is looked up once.
constexpr auto lookups = R"(
  with type as materialized (
    select t.nr, t.name,
           array(select r.id
                 from {p}_route r
                 where r.event_type = t.name and r.active
                 order by r.id) as routes
    from unnest($9::text[]) with ordinality as t(name, nr)
  ), known as materialized (
    select array_agg(name order by nr) as names,
           array_agg(cardinality(routes)::bigint order by nr) as fans
    from type
  ), number as materialized (
    select array_agg(nextval('{p}_event_seq_seq')) as seqs
    from generate_series(1, cardinality($1))
  ))";

// The rows go in as they come, by id, so that two writers of the same ids wait
// for each other in the same order and cannot deadlock. Everything else is
// taken out of arrays: a join might change the order, and a row with its
// payload is copied by each step that it passes.
constexpr auto insert = R"(, stored as (
    insert into {p}_event (seq, id, type, payload, date, ordering_key, headers,
                           written_at, unrouted, cause)
    select (select seqs from number)[i.nth], i.id,
           (select names from known)[i.type], i.payload, i.date,
           i.ordering_key, i.headers, now(),
           (select fans from known)[i.type] = 0, i.cause
    from unnest($1::uuid[], $2::integer[], $3::integer[], $4::bytea[],
                $5::timestamptz[], $6::text[], $7::jsonb[], $8::uuid[])
      as i(id, nth, type, payload, date, ordering_key, headers, cause))";

// A row that may be there already is looked for, inserted on trial and then
// confirmed: record 31 has what that costs.
constexpr auto or_nothing = R"(
    on conflict (id) do nothing)";

constexpr auto returning = R"(
    returning seq, type, ordering_key, octet_length(payload) as bytes)";

constexpr auto fan_of_stored = R"(
  ), fresh as (
    select s.seq, r.id as route_id, s.ordering_key, s.bytes
    from stored s
    join type t on t.name = s.type
    cross join lateral unnest(t.routes) as r(id)
  ))";

// All of them are stored, and none has an ordering key.
constexpr auto fan_of_all = R"(
  ), fresh as (
    select i.seq, r.id as route_id, null::text as ordering_key, i.bytes
    from unnest((select seqs from number), $10::integer[], $11::integer[])
      as i(seq, type, bytes)
    join type t on t.nr = i.type
    cross join lateral unnest(t.routes) as r(id)
  ))";

// What waits for no other is put together by route and block.
constexpr auto batches = R"(, batch as materialized (
    select min(seq) as first_seq, route_id,
           array_agg(seq order by seq) as event_seqs,
           array_agg(bytes order by seq) as sizes
    from fresh
    where ordering_key is null
    group by route_id, seq >> 8
  ))";

constexpr auto wait = R"(, waiting as (
    select seq, route_id, ordering_key from fresh where ordering_key is not null
  ))";

// Batches are claimed as long as there is room for all of the next one.
constexpr auto claim = R"(, granted as (
    insert into {p}_claim
      (token, lease_until, owner, route_id, block, due, event_seqs)
    select nextval('{p}_claim_token'), now() + $13, $12, b.route_id,
           b.first_seq >> 8, now(), b.event_seqs
    from (
      select b.*, sum(cardinality(b.event_seqs))
                    over (partition by b.route_id order by b.first_seq) as total
      from batch b
    ) b
    join unnest($14::integer[], $15::bigint[]) as lent(route_id, room)
      on lent.route_id = b.route_id
    where b.total <= lent.room
    returning token, route_id, event_seqs
  ), left_over as (
    select *
    from batch
    where (route_id, first_seq) not in (
      select g.route_id, g.event_seqs[1] from granted g)
  ))";

constexpr auto claim_nothing = R"(, left_over as (
    select * from batch
  ))";

constexpr auto enqueue = R"(, queued as (
    insert into {p}_queue (first_seq, due, route_id, event_seqs, sizes)
    select first_seq, now(), route_id, event_seqs, sizes from left_over
  ))";

constexpr auto answer_all = R"(
  select n.seqs, k.fans, null::bigint[])";

constexpr auto answer_stored = R"(
  select n.seqs, k.fans,
         (select coalesce(array_agg(seq), '{}') from stored))";

constexpr auto answer_no_claim = R"(
  from number n, known k)";

constexpr auto answer_claims = R"(,
         null::bigint[], null::integer, null::bigint
  from number n, known k
  union all
  select null, null, null, event_seqs, route_id, token from granted)";

std::string make_text(const insert_form& form) {
  auto result = std::string{lookups} + insert;
  if (!form.all_new)
    result += or_nothing;
  if (form.all_new && !form.ordered)
    result += fan_of_all;
  else
    result += std::string{returning} + fan_of_stored;
  result += batches;
  if (form.ordered)
    result += wait;
  result += form.claims ? claim : claim_nothing;
  result += enqueue;
  if (form.ordered)
    result += fan_out_text();
  result += form.all_new ? answer_all : answer_stored;
  return result + (form.claims ? answer_claims : answer_no_claim);
}

constexpr size_t index_of(const insert_form& form) {
  return (form.all_new ? 1u : 0u) + (form.ordered ? 2u : 0u)
         + (form.claims ? 4u : 0u);
}

// By `index_of`.
std::array<std::string, 8> make_texts() {
  std::array<std::string, 8> result;
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = make_text({(i & 1) != 0, (i & 2) != 0, (i & 4) != 0});
  return result;
}

} // namespace

const char* insert_text(const insert_form& form) {
  static const auto texts = make_texts();
  if (form.single && form.all_new && !form.ordered)
    return insert_one_text(form.claims);
  return texts[index_of(form)].c_str();
}

} // namespace inbox::postgres
