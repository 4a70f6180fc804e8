#include "verbs.hpp"

#include "joint_settler.hpp"
#include "settle_in.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <utility>

namespace inbox::postgres {

namespace {

/// Removes from `batch` what an earlier call may have ended, and what only that
/// might have.
caf::error leave_out_ended(session& on, joint_batch& batch,
                           settled_jointly& result) {
  std::vector<lease> leases;
  for (auto* entry : batch)
    leases.push_back(entry->lease);
  if (auto err = look_up_ended(on, leases, result.ended_before))
    return err;
  result.lost = result.ended_before;
  auto is_over = [&](auto* entry) {
    auto& over = result.lost;
    if (std::find(over.begin(), over.end(), entry->lease) != over.end())
      return true;
    if (entry->was_sent)
      result.refused.push_back({entry->lease, sent_in_vain});
    return entry->was_sent;
  };
  batch.erase(std::remove_if(batch.begin(), batch.end(), is_over), batch.end());
  return {};
}

} // namespace

caf::expected<settled_jointly> settle_joint(session& on,
                                            const settle_jointly& x) {
  settled_jointly before;
  joint_batch batch;
  auto in_doubt = x.in_doubt;
  for (auto& entry : x.settlements) {
    batch.push_back(&entry);
    in_doubt = in_doubt || entry.was_sent;
  }
  if (in_doubt)
    if (auto err = leave_out_ended(on, batch, before))
      return err;
  auto result = settle_in_batches(batch, [&on](const joint_batch& part,
                                               deferred_check when) {
    return joint_settler{on, part, when}.run();
  });
  if (!result)
    return result;
  if (auto err = look_up_ended(on, result->lost, result->ended_before))
    return err;
  auto append = [](auto& to, auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(result->lost, before.lost);
  append(result->ended_before, before.ended_before);
  append(result->refused, before.refused);
  return result;
}

} // namespace inbox::postgres
