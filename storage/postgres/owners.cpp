#include "claim_locks.hpp"
#include "owner_lock.hpp"
#include "scatter_text.hpp"
#include "statement.hpp"
#include "verbs.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <utility>
#include <vector>

namespace inbox::postgres {

namespace {

constexpr auto latest_lease = R"(
  coalesce(greatest(
    (select max(lease_until) from {p}_claim where owner = $2),
    (select max(lease_until) from {p}_delivery
     where progress < 2 and not blocked and lease_owner = $2)),
    to_timestamp(0)))";

// The lock of an owner is shared by all that look for it: nobody is to take
// another's look for the owner. Held until the end of the transaction, so that
// the owner cannot come back in between.
const std::string look_text = R"(
  select free, case when free then )"
                              + std::string{latest_lease} + R"( else now() end
  from pg_try_advisory_xact_lock_shared($1) as f(free))";

// Rows are locked in the order of all others that lock several.
const std::string end_text = R"(
  with absent as materialized (
    select from pg_try_advisory_xact_lock_shared($1) as f(free)
    where free and )" + std::string{latest_lease}
                             + R"( = $3
  ), claims as (
    update {p}_claim c
    set lease_until = now()
    from (
      select token, route_id from {p}_claim
      where owner = $2 and lease_until > now() and exists (select from absent)
      order by token, route_id
      for update
    ) x
    where c.token = x.token and c.route_id = x.route_id
    returning 1
  ), deliveries as (
    update {p}_delivery d
    set lease_until = now()
    from (
      select event_seq, route_id from {p}_delivery
      where progress < 2 and not blocked and lease_owner = $2
        and lease_until > now() and exists (select from absent)
      order by event_seq, route_id
      for update
    ) x
    where d.event_seq = any(array[x.event_seq]) and d.route_id = x.route_id
    returning 1
  )
  select not exists (select from absent),
         (select count(*) from claims) + (select count(*) from deliveries))";

} // namespace

int64_t owner_lock(const std::string& prefix, const uuid& owner) {
  return static_cast<int64_t>(stable_hash("caf-inbox owner " + prefix + " "
                                          + boost::uuids::to_string(owner)));
}

caf::expected<found_owner> look_for(session& on, const look_for_owner& x) {
  auto lock = owner_lock(on.prefix(), x.owner);
  found_owner result;
  result.known = true;
  if (!x.end_leases) {
    auto answer = on.run(look_text.c_str(), params::of(lock, x.owner),
                         effect::none);
    if (!answer)
      return std::move(answer.error());
    result.present = !answer->get<bool>(0, 0);
    result.latest_lease = answer->get<timestamp>(0, 1);
    if (auto err = answer->check())
      return err;
    return result;
  }
  // Claims that have run out are seen only by those that look through all,
  // which may be seconds away. What is scattered is seen at once.
  std::vector<step> steps;
  steps.push_back({&on.sql(lock_claims_text), all_claim_locks(on.prefix())});
  steps.push_back(
    {&on.sql(end_text.c_str()), params::of(lock, x.owner, x.latest_lease)});
  steps.push_back({&on.sql(scatter_all_text()), {}});
  auto answers = on.conn().run(std::move(steps), effect::commits, on.start());
  if (!answers)
    return std::move(answers.error());
  auto& answer = answers->at(1);
  result.present = answer.get<bool>(0, 0);
  result.ended = static_cast<uint64_t>(answer.get<int64_t>(0, 1));
  if (auto err = answer.check())
    return err;
  return result;
}

} // namespace inbox::postgres
