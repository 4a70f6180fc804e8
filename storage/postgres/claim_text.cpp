#include "claim_text.hpp"

#include "others_text.hpp"

#include <string>

namespace inbox::postgres {

namespace {

// -- the queue ----------------------------------------------------------------

constexpr auto wish = R"(
  with wish as materialized (
    select * from unnest($1::integer[], $2::bigint[], $10::bigint[])
      as d(route_id, room, passed)
  ))";

// Read in the order of writing, without a lock on any row: whoever claims has
// the lock on the routes. What is under a lease is passed by; nearly all of
// that is in front of where reading begins.
constexpr auto queued = R"(, queued as materialized (
    select q.*
    from wish
    cross join lateral (
      select q.event_seq, q.route_id, q.due, q.bytes
      from {p}_queue q
      where q.route_id = wish.route_id
        and q.event_seq > wish.passed
        and q.due <= now()
        and (q.route_id, q.event_seq) not in (
          select c.route_id, s.event_seq
          from {p}_claim c
          cross join lateral unnest(c.event_seqs) as s(event_seq)
          where c.route_id = any($1))
      order by q.event_seq
      limit wish.room
    ) q
    order by q.event_seq, q.route_id
    limit $3
  ))";

// -- both ---------------------------------------------------------------------

// Where there is nothing but the queue, its order is that of the due times. The
// first delivery fits whatever its size is.
constexpr auto fitting_alone = R"(
    select event_seq, route_id, due, 0 as attempts, 0::bigint as lease_token,
           false as perilous, false as ordered, true as queued,
           false as exhausted, n <= 1 or total <= $7 as fits
    from (
      select q.*, row_number() over before as n, sum(bytes) over before as total
      from queued q
      window before as (order by q.event_seq, q.route_id
                        rows unbounded preceding)
    ) x
    where not exists (select from other))";

// Of the perilous ones, which may be what kills processes, only as many are
// taken as are wanted. What is out of attempts has no payload to send.
constexpr auto fitting_mixed = R"(
    select event_seq, route_id, due, attempts, lease_token, perilous, ordered,
           queued, attempts >= $6,
           n <= 1 or total <= $7
    from (
      select w.*, count(*) filter (where w.attempts < $6) over before as n,
             sum(w.bytes) filter (where w.attempts < $6) over before as total
      from (
        select c.*, count(*) filter (where c.perilous) over before as danger
        from (
          select u.*
          from (
            select x.*,
                   row_number() over (partition by x.route_id
                                      order by x.due, x.event_seq) as nth
            from (
              select event_seq, route_id, due, attempts, lease_token, perilous,
                     bytes, ordered, false as queued
              from other
              union all
              select event_seq, route_id, due, 0, 0, false, bytes, false, true
              from queued
            ) x
          ) u
          join wish on wish.route_id = u.route_id
          where u.nth <= wish.room
          order by u.due, u.event_seq, u.route_id
          limit $3
        ) c
        window before as (order by c.due, c.event_seq, c.route_id
                          rows unbounded preceding)
      ) w
      where not w.perilous or w.danger <= $8
      window before as (order by w.due, w.event_seq, w.route_id
                        rows unbounded preceding)
    ) x
    where exists (select from other))";

// Payloads are not read for their length. Whoever takes a delivery is the guard
// of those behind it that are not blocked yet; these are few. What has a lease
// stays free: an expired one can be renewed, and running ones are looked for
// among the free. What was in the queue gets one lease per route.
const std::string take = R"(, fitting as materialized ()"
                         + std::string{fitting_alone} + " union all "
                         + fitting_mixed + R"(
  ), next as materialized (
    select nextval('{p}_claim_token') as token
  ), granted as (
    insert into {p}_claim
      (token, lease_until, owner, route_id, unsettled, event_seqs)
    select next.token, now() + $5, $4, f.route_id, count(*),
           array_agg(f.event_seq order by f.event_seq)
    from fitting f cross join next
    where f.fits and f.queued
    group by next.token, f.route_id
    returning token, route_id
  ), taken as (
    update {p}_delivery d
    set lease_token = d.lease_token + 1,
        attempts = d.attempts + 1,
        lease_owner = $4,
        lease_until = now() + $5
    from fitting f
    where f.fits and not f.exhausted and not f.queued
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
  )
  select c.event_seq, c.route_id, c.lease_token, c.attempts::integer,
         (select count(*) > 0 from fitting where not fits), c.exhausted,
         c.ordered, c.perilous, c.passed
  from (
    select f.event_seq, f.route_id, g.token as lease_token, 1 as attempts,
           f.due, false as exhausted, false as ordered, false as perilous,
           f.due < now() - interval '1 second' as passed
    from fitting f join granted g on g.route_id = f.route_id
    where f.fits and f.queued
    union all
    select t.event_seq, t.route_id, t.lease_token, t.attempts, t.due, false,
           t.ordering_key is not null, t.perilous, false
    from taken t
    union all
    select f.event_seq, f.route_id, f.lease_token, f.attempts, f.due, true,
           f.ordered, true, false
    from fitting f
    where f.fits and f.exhausted
  ) c
  order by c.due, c.event_seq, c.route_id)";

} // namespace

// What a claim holds is in the queue as well.
const char* const is_due_text = R"(
  select exists (
           select from {p}_queue where route_id = any($1) and due <= now())
         or exists (
           select from {p}_delivery
           where route_id = any($1)
             and progress < 2
             and not blocked
             and due <= now()
             and (lease_until is null or lease_until <= now())))";

const char* const scatter_text = R"(
  with expired as materialized (
    select token, route_id, owner, lease_until, event_seqs
    from {p}_claim
    where route_id = any($1) and lease_until <= now()
    order by token, route_id
    for update skip locked
  ), gone as (
    delete from {p}_claim c
    using expired x
    where c.token = x.token and c.route_id = x.route_id
  ), left_over as (
    delete from {p}_queue q
    using (
      select x.*, s.event_seq
      from expired x
      cross join lateral unnest(x.event_seqs) as s(event_seq)
    ) m
    where q.route_id = any(array[m.route_id]) and q.event_seq = m.event_seq
    returning q.event_seq, q.route_id, q.due, m.token, m.owner, m.lease_until
  )
  insert into {p}_delivery (event_seq, route_id, due, attempts, lease_token,
                            lease_owner, lease_until)
  select event_seq, route_id, due, 1, token, owner, lease_until
  from left_over
  order by event_seq, route_id)";

const char* claim_text(bool shared) {
  static const std::string given = wish + others_text(false) + queued + take;
  static const std::string scarce = wish + others_text(true) + queued + take;
  return (shared ? scarce : given).c_str();
}

const char* const claimed_events_text = R"(
  select e.seq, e.id, e.type, e.payload, e.date, e.ordering_key, e.headers
  from unnest($1::bigint[]) as s(seq)
  join {p}_event e on e.seq = any(array[s.seq]))";

} // namespace inbox::postgres
