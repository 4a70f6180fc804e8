#pragma once

#include "session.hpp"
#include "transaction.hpp"

#include "../joint_batches.hpp"

#include <vector>

namespace inbox::postgres {

/// Ends attempts with their effects and events in one transaction.
///
/// Those of all inboxes share a lock. After a deadlock they have it alone for a
/// while: what waits for that lock has no other one yet, so there are no more
/// deadlocks between inboxes.
class joint_settler {
public:
  /// Both outlive it.
  joint_settler(session& on, const joint_batch& batch,
                deferred_check when = deferred_check::by_commit);

  /// Does so in a transaction of its own, and commits it. Fails with
  /// `errc::outcome_unknown` if the store was lost once that had begun, since
  /// it may be for the effects.
  [[nodiscard]] caf::expected<joint_try> run();

  /// Likewise in one that is open, whatever else that has changed.
  [[nodiscard]] caf::expected<joint_try> run_in(transaction& tx);

private:
  caf::error try_all(transaction& tx);

  /// Returns what begins a transaction with effects.
  std::vector<step> lock_for_effects();

  caf::error run_effects(transaction& tx);

  caf::error write_events();

  /// Takes it for a reason to try again if others were in the way.
  caf::error excuse(caf::error err);

  caf::error note_lost(const std::vector<lease>& lost);

  session& on_;
  const joint_batch& batch_;
  deferred_check when_;
  joint_try result_;
};

/// Returns the parameters of a statement of the application.
[[nodiscard]] params params_of(const sql_effect& x);

} // namespace inbox::postgres
