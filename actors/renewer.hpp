#pragma once

#include "interfaces.hpp"

#include <caf/actor_clock.hpp>
#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace inbox {

/// Keeps the leases of all claimed work alive, three times per lease duration.
///
/// Sends: `get_leases` to the dispatcher, `renew_leases` to the store, and
/// `lose_leases` to the dispatcher for those that others have taken. On failure
/// of the store: when no renewal has succeeded for so long that leases may run
/// out before the next try, all are given up, by this node's own monotonic
/// clock and before others may claim them.
class renewer_state {
public:
  static inline const char* name = "inbox.renewer";

  renewer_state(renewer_actor::pointer self, lease_holding_actor dispatcher,
                renewing_store store, timespan lease_duration,
                uint32_t batch_size);

  renewer_actor::behavior_type make_behavior();

private:
  /// One round over all leases, batch by batch.
  struct round {
    std::vector<lease> leases;
    size_t next = 0;
    caf::actor_clock::time_point begin;
  };

  void schedule();

  void start();

  void renew(round x);

  void renewed(const round& x);

  void failed(const round& x);

  renewer_actor::pointer self_;
  lease_holding_actor dispatcher_;
  renewing_store store_;
  timespan lease_duration_;
  size_t batch_size_;
  caf::disposable next_;
  /// Beginning of the last round that succeeded: every lease held since then
  /// is good for a lease duration from there, or longer.
  caf::actor_clock::time_point good_since_;
  bool renewing_ = false;
};

using renewer_impl = caf::stateful_actor<renewer_state, renewer_actor::impl>;

} // namespace inbox
