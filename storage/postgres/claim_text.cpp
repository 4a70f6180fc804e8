#include "claim_text.hpp"

#include "others_text.hpp"
#include "queue_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// -- the queue ----------------------------------------------------------------

const std::string wish = R"(
  with wish as materialized (
    select * from unnest($1::integer[], $2::bigint[], $10::bigint[],
                         $12::integer[])
      as d(route_id, room, passed, width)
  ))";

// Of the perilous ones, which may be what kills processes, only as many are
// taken as are wanted: the oldest alone if it has to be, and otherwise of those
// that need not. What is out of attempts has no payload to send.
constexpr auto fitting_mixed = R"(, mixed as materialized (
    select event_seq, route_id, due, attempts, lease_token, perilous, ordered,
           first_seq, attempts >= $6 as exhausted,
           n <= 1 or total <= $7 as fits
    from (
      select w.*, count(*) filter (where w.attempts < $6) over before as n,
             sum(w.bytes) filter (where w.attempts < $6) over before as total
      from (
        select c.*,
               first_value(c.attempts >= $11) over alike as alone,
               row_number() over alike as nth_alike,
               count(*) filter (where c.attempts < $11) over alike as risked
        from (
          select u.*
          from (
            select x.*,
                   row_number() over (partition by x.route_id
                                      order by x.due, x.event_seq) as nth
            from (
              select event_seq, route_id, due, attempts, lease_token, perilous,
                     bytes, ordered, null::bigint as first_seq
              from other
              union all
              select s.event_seq, c.route_id, c.due, 0, 0, false, s.bytes, false,
                     c.first_seq
              from counted c
              join {p}_queue q
                on q.route_id = any(array[c.route_id])
               and q.first_seq = c.first_seq
              cross join lateral unnest(q.event_seqs[1:c.n],
                                        q.sizes[1:c.n])
                as s(event_seq, bytes)
            ) x
          ) u
          join wish on wish.route_id = u.route_id
          where u.nth <= wish.room
          order by u.due, u.event_seq, u.route_id
          limit $3
        ) c
        window alike as (partition by c.perilous
                         order by c.due, c.event_seq, c.route_id
                         rows unbounded preceding)
      ) w
      where not w.perilous
         or case when w.alone then w.nth_alike = 1
                 else w.attempts < $11 and w.risked <= $8 end
      window before as (order by w.due, w.event_seq, w.route_id
                        rows unbounded preceding)
    ) x
    where exists (select from other)
  ))";

// What fits of a batch is its beginning, as it is in the order of writing. It
// gets one lease; the rest of the batch stays.
constexpr auto pick_alone = R"(, picked as materialized (
    select * from alone)";

constexpr auto pick_mixed = R"(
    union all
    select route_id, first_seq, count(*)::integer
    from mixed
    where first_seq is not null and fits
    group by route_id, first_seq)";

constexpr auto take_queued = R"(
  ), granted as (
    insert into {p}_claim
      (token, lease_until, owner, route_id, block, due, event_seqs)
    select nextval('{p}_claim_token'), now() + $5, $4, p.route_id,
           p.first_seq >> 8, q.due,
           case when cardinality(q.event_seqs) = p.taken then q.event_seqs
                else q.event_seqs[1:p.taken] end
    from picked p
    join {p}_queue q
      on q.route_id = any(array[p.route_id]) and q.first_seq = p.first_seq
    returning token, route_id, due, event_seqs
  ), used_up as (
    delete from {p}_queue q
    using picked p
    where q.route_id = any(array[p.route_id])
      and q.first_seq = p.first_seq
      and cardinality(q.event_seqs) = p.taken
  ), cut as (
    update {p}_queue q
    set first_seq = q.event_seqs[p.taken + 1],
        event_seqs = q.event_seqs[p.taken + 1:],
        sizes = q.sizes[p.taken + 1:]
    from picked p
    where q.route_id = any(array[p.route_id])
      and q.first_seq = p.first_seq
      and cardinality(q.event_seqs) > p.taken
  ))";

// Payloads are not read for their length. Whoever takes a delivery is the guard
// of those behind it that are not blocked yet; these are few. What has a lease
// stays free: an expired one can be renewed, and running ones are looked for
// among the free.
constexpr auto take_others = R"(, taken as (
    update {p}_delivery d
    set lease_token = d.lease_token + 1,
        attempts = d.attempts + 1,
        lease_owner = $4,
        lease_until = now() + $5
    from mixed f
    where f.fits and not f.exhausted and f.first_seq is null
      and d.event_seq = any(array[f.event_seq]) and d.route_id = f.route_id
    returning d.event_seq, d.route_id, d.lease_token, d.attempts, f.due,
              d.ordering_key, f.perilous
  ), straggler as materialized (
    select s.event_seq, s.route_id
    from taken t
    cross join lateral (
      select d.event_seq, d.route_id
      from {p}_delivery d
      where d.route_id = t.route_id
        and d.ordering_key = t.ordering_key
        and d.progress < 2
        and not d.blocked
        and d.event_seq > t.event_seq
        and d.lease_owner is null
      order by d.event_seq
      limit 100
      for no key update skip locked
    ) s
    where t.ordering_key is not null
  ), blocked as (
    update {p}_delivery d
    set blocked = true
    from straggler s
    where d.event_seq = any(array[s.event_seq]) and d.route_id = s.route_id
  ))";

// One row per lease: a batch, or one delivery. The type is that of all of its
// events.
constexpr auto leases = R"(
  select c.event_seqs, c.route_id, c.lease_token, c.attempts::integer,
         exists (select from queued where stopped)
           or exists (select from border where not fits)
           or exists (select from weighed where behind))";

constexpr auto mixed_left = R"(
           or exists (select from mixed where not fits))";

constexpr auto withheld_left = R"(
           or exists (select from withheld))";

constexpr auto queued_leases = R"(,
         c.exhausted, c.ordered, c.perilous, c.passed, c.due,
         (select r.event_type from {p}_route r where r.id = c.route_id)
  from (
    select event_seqs, route_id, token as lease_token, 1 as attempts, due,
           false as exhausted, false as ordered, false as perilous,
           due < now() - interval '1 second' as passed
    from granted
    union all)";

constexpr auto others_leases = R"(
    select array[t.event_seq], t.route_id, t.lease_token, t.attempts, t.due,
           false, t.ordering_key is not null, t.perilous, false
    from taken t
    union all
    select array[f.event_seq], f.route_id, f.lease_token, f.attempts, f.due,
           true, f.ordered, true, false
    from mixed f
    where f.fits and f.exhausted)";

constexpr auto nothing_taken = R"(
    select null, null, null, null, null, exists (select from other), null,
           null, null
    where exists (select from other)
       or (not exists (select from granted)
           and exists (select from withheld)))";

constexpr auto order_of_leases = R"(
  ) c
  order by c.due, c.event_seqs[1], c.route_id)";

std::string claim(bool shared) {
  return wish + others_text(shared) + queue_text(false) + fitting_mixed
         + pick_alone + pick_mixed + take_queued + take_others + leases
         + mixed_left + queued_leases + others_leases + order_of_leases;
}

std::string claim_queue() {
  return wish + any_other_text() + queue_text(true) + pick_alone + take_queued
         + withheld_text() + leases + withheld_left + queued_leases
         + nothing_taken + order_of_leases;
}

} // namespace

const char* claim_text(bool shared) {
  static const auto given = claim(false);
  static const auto scarce = claim(true);
  return (shared ? scarce : given).c_str();
}

const char* claim_queue_text() {
  static const auto result = claim_queue();
  return result.c_str();
}

} // namespace inbox::postgres
