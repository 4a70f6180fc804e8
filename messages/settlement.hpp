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
  /// As in `outcome`; none in `settle_deliveries`.
  std::vector<sql_effect> effects;
  std::vector<event> events;
  /// Whether a transaction of the handler was to commit with it, and the answer
  /// to that was lost: if it has not ended the attempt, this one is refused.
  bool was_sent = false;

  /// Tells whether something is to commit together with it, or was to.
  [[nodiscard]] bool is_joint() const noexcept {
    return !effects.empty() || !events.empty() || was_sent;
  }

  template <class Inspector>
  friend bool inspect(Inspector& f, settlement& x) {
    return f.object(x).fields(
      f.field("lease", x.lease), f.field("verdict", x.verdict),
      f.field("delay", x.delay), f.field("message", x.message),
      f.field("effects", x.effects), f.field("events", x.events),
      f.field("was_sent", x.was_sent));
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

/// Ends attempts, each in one transaction with its effects and events, or not
/// at all. Several may share a transaction: what is refused of one does not
/// hinder the others.
struct settle_jointly {
  std::vector<settlement> settlements;
  /// Whether an earlier call may have ended them, whose answer was lost: then
  /// the store looks first, and does nothing twice.
  bool in_doubt = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, settle_jointly& x) {
    return f.object(x).fields(f.field("settlements", x.settlements),
                              f.field("in_doubt", x.in_doubt));
  }
};

/// An end of an attempt whose effects the store refused. Its lease is still
/// held.
struct refused_settlement {
  inbox::lease lease;
  /// What the database said, for the message of the attempt's failure.
  std::string reason;

  template <class Inspector>
  friend bool inspect(Inspector& f, refused_settlement& x) {
    return f.object(x).fields(f.field("lease", x.lease),
                              f.field("reason", x.reason));
  }
};

/// Answer to `settle_jointly`. What is not named was settled.
struct settled_jointly {
  /// As in `settled_deliveries`; nothing of theirs was executed.
  std::vector<lease> lost;
  std::vector<lease> ended_before;
  /// Nothing of theirs was executed either.
  std::vector<refused_settlement> refused;

  template <class Inspector>
  friend bool inspect(Inspector& f, settled_jointly& x) {
    return f.object(x).fields(f.field("lost", x.lost),
                              f.field("ended_before", x.ended_before),
                              f.field("refused", x.refused));
  }
};

} // namespace inbox
