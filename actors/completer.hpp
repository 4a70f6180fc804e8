#pragma once

#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace inbox {

/// Gathers outcomes into settling statements and repeats them until the store
/// confirms them.
///
/// Receives: `settle_delivery` from the dispatcher. Sends: `settle_deliveries`
/// to the store, `end_leases` to the dispatcher only after the confirmation, so
/// that capacity is held and leases are kept alive until then; `delivery_died`
/// to the notifier. On failure of the store: tries again with a growing pause;
/// what the store calls invalid is tried alone and then dropped, and its lease
/// expires.
class completer_state {
public:
  static inline const char* name = "inbox.completer";

  completer_state(completer_actor::pointer self, settling_store store,
                  observer_actor notifier, uint32_t batch_size);

  completer_actor::behavior_type make_behavior();

private:
  struct entry {
    settle_delivery end;
    /// Set when its commit may have happened although the answer was lost.
    bool in_doubt = false;
  };

  using batch = std::vector<entry>;

  void flush();

  void write(batch what);

  void confirmed(const batch& what, const settled_deliveries& reply);

  void refused(batch what, const caf::error& err);

  void end_leases_of(const batch& what);

  void count(verdict x);

  completer_actor::pointer self_;
  settling_store store_;
  observer_actor notifier_;
  size_t batch_size_;
  /// Whom to tell of ended leases: who sent the settlements.
  lease_ending_actor dispatcher_;
  batch waiting_;
  /// True from sending a statement until it is confirmed or dropped.
  bool settling_ = false;
  timespan pause_;
  inbox_stats stats_;
};

using completer_impl
  = caf::stateful_actor<completer_state, completer_actor::impl>;

} // namespace inbox
