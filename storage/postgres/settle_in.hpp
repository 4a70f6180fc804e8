#pragma once

#include "lease_batch.hpp"
#include "session.hpp"
#include "transaction.hpp"

#include "../../messages/settlement.hpp"

#include <utility>
#include <vector>

namespace inbox::postgres {

/// What `settle_text` is told of some settlements.
struct settling {
  explicit settling(const std::vector<const settlement*>& xs);

  lease_batch leases;
  params args;
  /// Whether the next delivery of an ordering key may have to be freed.
  bool lets_others_go = false;
};

/// Settles and frees what waits for the finished ones, in a transaction that is
/// open; `what` has no arguments any more. Returns what the statement answers.
[[nodiscard]] caf::expected<rows> settle_in(transaction& tx, session& on,
                                            settling& what);

/// Fills in which of the lost leases were ended by an earlier call. If it
/// fails, what this call has changed stays changed.
[[nodiscard]] caf::error look_up_ended(session& on,
                                       const std::vector<lease>& lost,
                                       std::vector<lease>& ended_before);

} // namespace inbox::postgres
