#include "verbs.hpp"

#include "bury.hpp"
#include "claim_text.hpp"
#include "read_delivery.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace inbox::postgres {

namespace {

/// The largest number that a delivery's counter of attempts can reach.
constexpr uint32_t most_attempts = std::numeric_limits<int16_t>::max();

constexpr uint64_t most_bytes = std::numeric_limits<int64_t>::max();

/// Returns the routes with room, each once.
std::map<route_id, uint32_t> rooms(const claim_deliveries& x) {
  std::map<route_id, uint32_t> result;
  for (auto& entry : x.demand)
    if (auto room = std::min(entry.room, x.limit); room > 0)
      result[entry.route] = std::max(result[entry.route], room);
  return result;
}

} // namespace

caf::expected<claimed_deliveries> claim(session& on,
                                        const claim_deliveries& x) {
  claimed_deliveries result;
  column<int32_t> routes;
  column<int64_t> room;
  uint64_t total = 0;
  auto demand = rooms(x);
  if (demand.empty())
    return result;
  for (auto& [id, n] : demand) {
    routes.push(id);
    room.push(int64_t{n});
    total += n;
  }
  auto max_attempts
    = static_cast<int32_t>(std::min(x.max_attempts, most_attempts));
  auto max_bytes = std::min<uint64_t>(x.max_bytes, most_bytes);
  auto answer = on.run(
    claim_text(total > x.limit).c_str(),
    params::of(std::move(routes), std::move(room), int64_t{x.limit}, x.owner,
               x.lease_duration, max_attempts, static_cast<int64_t>(max_bytes),
               int64_t{x.max_perilous},
               static_cast<int32_t>(perilous_attempts(x.max_attempts))),
    effect::commits);
  if (!answer)
    return std::move(answer.error());
  std::vector<lease> exhausted;
  for (auto row = 0; row < answer->size(); ++row) {
    result.more = answer->get<bool>(row, 4);
    if (answer->get<bool>(row, 5))
      exhausted.push_back(read_lease(*answer, row));
    else
      result.claimed.push_back(read_claimed(*answer, row));
  }
  if (auto err = answer->check())
    return err;
  if (exhausted.empty())
    return result;
  // Rare, and in a transaction of its own, which has to end with freeing what
  // waits for these. Should it fail, the next claim finds them again; what was
  // claimed is not to be lost for that.
  if (auto buried = bury(on, exhausted, max_attempts))
    result.buried = std::move(*buried);
  else if (result.claimed.empty())
    return std::move(buried.error());
  return result;
}

} // namespace inbox::postgres
