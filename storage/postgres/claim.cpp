#include "verbs.hpp"

#include "bury.hpp"
#include "claim_arguments.hpp"
#include "claim_locks.hpp"
#include "claim_text.hpp"
#include "claimed_events.hpp"
#include "look_text.hpp"
#include "read_delivery.hpp"
#include "scatter_text.hpp"

#include "../rooms.hpp"
#include "../sort_unless_sorted.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace inbox::postgres {

namespace {

/// Returns the routes with room, no more than the limit.
std::map<route_id, uint32_t> rooms(const claim_deliveries& x) {
  std::map<route_id, uint32_t> result;
  for (auto& [route, room] : rooms_of(x.demand))
    if (room > 0 && x.limit > 0)
      result.emplace(route, std::min(room, x.limit));
  return result;
}

/// What a claim has taken.
struct harvest {
  /// Those that `claimed` points to.
  route_types types;
  std::vector<taken_delivery> claimed;
  std::vector<lease> exhausted;
  /// Whether something was left for which there was room.
  bool more = false;
};

enum class company {
  /// No other claim of the same routes runs.
  none,
  /// Claims of other inboxes may run.
  others,
};

/// Runs the statement of a claim. What others have committed until the lock is
/// there is seen by the statements behind it.
caf::expected<rows> run(session& on, const claim_deliveries& x,
                        const std::map<route_id, uint32_t>& demand,
                        const char* text, company with, deadline until) {
  std::vector<route_id> ids;
  for (auto& entry : demand)
    ids.push_back(entry.first);
  auto side_by_side = with == company::others;
  std::vector<step> steps;
  if (side_by_side)
    steps.push_back({&on.sql(share_claims_text),
                     shared_claim_locks(on.prefix(), ids, x.owner)});
  else
    steps.push_back({&on.sql(lock_claims_text), claim_locks(on.prefix(), ids)});
  if (!x.read_on)
    steps.push_back({&on.sql(scatter_text()), route_arguments(demand)});
  steps.push_back(
    {&on.sql(text), claim_arguments(x, demand, on.scan(), side_by_side)});
  return on.run(std::move(steps), effect::commits, until);
}

enum class obstacle {
  none,
  /// There may be more than the queue has.
  not_queued,
  /// Others have what there is, and may leave some of it.
  withheld,
};

/// Returns what kept a claim out of the queue alone from taking anything.
obstacle obstacle_of(rows& answer) {
  if (answer.size() != 1 || !answer.null(0, 0))
    return obstacle::none;
  return answer.get<bool>(0, 5) ? obstacle::not_queued : obstacle::withheld;
}

/// Tells whether all that there is room for may be more than the limit.
bool is_shared(const claim_deliveries& x,
               const std::map<route_id, uint32_t>& demand) {
  uint64_t total = 0;
  for (auto& entry : demand)
    total += entry.second;
  return total > std::min(x.limit, most_at_once);
}

/// Takes the leases: out of the queue, if nothing else is to be expected. What
/// looks through all is alone, and so is what found only what others had: it
/// waits for their commits.
caf::expected<rows> take(session& on, const claim_deliveries& x,
                         const std::map<route_id, uint32_t>& demand,
                         deadline until) {
  auto with = x.read_on ? company::others : company::none;
  while (on.others().expects_none(clock::now())) {
    auto result = run(on, x, demand, claim_queue_text(), with, until);
    auto found = result ? obstacle_of(*result) : obstacle::none;
    if (found == obstacle::none)
      return result;
    with = company::none;
    if (found == obstacle::not_queued)
      on.others().saw_one(clock::now());
  }
  return run(on, x, demand, claim_text(is_shared(x, demand)), company::none,
             until);
}

/// What a claim has taken of the queue of a route.
struct queue_share {
  uint32_t rows = 0;
  /// The last event behind which may be read the next time.
  std::optional<event_seq> last;
};

void note(const std::map<route_id, queue_share>& taken, bool read_on,
          queue_scan& scan) {
  for (auto& [route, share] : taken) {
    scan.took(route, share.rows);
    if (share.last && read_on)
      scan.pass_later(route, *share.last);
    else if (share.last)
      scan.pass(route, *share.last);
  }
}

/// Reads what a claim has taken, in the order of due times, then of events and
/// routes.
caf::expected<harvest> read(rows& answer, bool read_on, queue_scan& scan) {
  harvest result;
  auto& all = result.claimed;
  std::map<route_id, queue_share> taken;
  for (auto row = 0; row < answer.size(); ++row) {
    result.more = answer.get<bool>(row, 4);
    auto before = all.size();
    read_taken(answer, row, result.types, all);
    if (all.size() == before)
      continue;
    auto& last = all.back();
    if (last.attempt > 1 || last.lease.ordered)
      continue; // not out of the queue
    auto& share = taken[last.lease.route];
    ++share.rows;
    if (answer.get<bool>(row, 8))
      share.last = std::max(share.last, std::optional{last.lease.seq});
  }
  if (auto err = answer.check())
    return err;
  note(taken, read_on, scan);
  auto rank = [](const taken_delivery& x) {
    return std::tuple{x.due, x.lease.seq, x.lease.route};
  };
  // Leases of one route do not overlap, so there is mostly nothing to do.
  sort_unless_sorted(all.begin(), all.end(),
                     [&](auto& x, auto& y) { return rank(x) < rank(y); });
  auto kept = std::stable_partition(all.begin(), all.end(),
                                    [](auto& x) { return !x.exhausted; });
  for (auto i = kept; i != all.end(); ++i)
    result.exhausted.push_back(i->lease);
  all.erase(kept, all.end());
  return result;
}

/// Tells whether a claim may find something; and `result`, whether routing may.
caf::expected<bool> look(session& on,
                         const std::map<route_id, uint32_t>& demand,
                         deadline until, claimed_deliveries& result) {
  auto answer = on.run(look_text(), route_arguments(demand), effect::none,
                       until);
  if (!answer)
    return std::move(answer.error());
  auto is_due = answer->get<bool>(0, 0);
  result.may_route = answer->get<bool>(0, 1);
  if (auto err = answer->check())
    return err;
  return is_due;
}

} // namespace

caf::expected<claimed_deliveries> claim(session& on,
                                        const claim_deliveries& x) {
  claimed_deliveries result;
  auto demand = rooms(x);
  if (demand.empty())
    return result;
  auto until = on.start();
  if (x.look_first) {
    auto is_due = look(on, demand, until, result);
    if (!is_due)
      return std::move(is_due.error());
    if (!*is_due)
      return result;
  }
  if (!x.read_on)
    on.scan().rewind();
  auto answer = take(on, x, demand, until);
  if (!answer)
    return std::move(answer.error());
  auto taken = read(*answer, x.read_on, on.scan());
  if (!taken)
    return std::move(taken.error());
  result.more
    = taken->more
      || (x.limit > most_at_once
          && taken->claimed.size() + taken->exhausted.size() == most_at_once);
  auto& exhausted = taken->exhausted;
  if (!taken->claimed.empty())
    if (auto err = read_events(on, taken->claimed, result.claimed, until))
      return err;
  if (exhausted.empty())
    return result;
  // Rare, and in a transaction of its own, which has to end with freeing what
  // waits for these. Should it fail, the next claim finds them again; what was
  // claimed is not to be lost for that.
  if (auto buried = bury(on, exhausted, most_attempts(x)))
    result.buried = std::move(*buried);
  else if (result.claimed.empty())
    return std::move(buried.error());
  return result;
}

} // namespace inbox::postgres
