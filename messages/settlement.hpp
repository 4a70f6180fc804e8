#pragma once

#include "lease.hpp"
#include "outcome.hpp"
#include "type_ids.hpp"

#include <string>
#include <vector>

namespace inbox {

/// The end of one attempt, as the store records it.
struct settlement {
  inbox::lease lease;
  inbox::verdict verdict = verdict::done;
  /// How long from now until the delivery is due again: for `failed` and
  /// `snoozed`.
  timespan delay{};
  /// The reason, for `failed` and `dead`.
  std::string message;

  template <class Inspector>
  friend bool inspect(Inspector& f, settlement& x) {
    return f.object(x).fields(f.field("lease", x.lease),
                              f.field("verdict", x.verdict),
                              f.field("delay", x.delay),
                              f.field("message", x.message));
  }
};

/// Tells whether a delivery is over with that verdict, and not tried again.
[[nodiscard]] constexpr bool is_final(verdict x) noexcept {
  return x == verdict::done || x == verdict::dead;
}

/// Ends attempts. Each settlement counts only if its lease is still held.
struct settle_deliveries {
  std::vector<settlement> settlements;

  template <class Inspector>
  friend bool inspect(Inspector& f, settle_deliveries& x) {
    return f.object(x).fields(f.field("settlements", x.settlements));
  }
};

/// Answer to `settle_deliveries`.
struct settled_deliveries {
  /// Leases that were no longer held; nothing was changed for them.
  std::vector<lease> lost;
  /// Those of `lost` that nobody has claimed since: an earlier call has ended
  /// them, whose answer may have been lost.
  std::vector<lease> ended_before;

  template <class Inspector>
  friend bool inspect(Inspector& f, settled_deliveries& x) {
    return f.object(x).fields(f.field("lost", x.lost),
                              f.field("ended_before", x.ended_before));
  }
};

} // namespace inbox
