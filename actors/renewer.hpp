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
/// of the store, or without its answer: when no round has succeeded for 5/6 of
/// the lease duration, all leases are given up, by this node's own monotonic
/// clock and before others may claim them.
class renewer_state {
public:
  static inline const char* name = "inbox.renewer";

  renewer_state(renewer_actor::pointer self, lease_holding_actor dispatcher,
                renewing_store store, timespan lease_duration,
                uint32_t batch_size);

  renewer_actor::behavior_type make_behavior();

private:
  using time_point = caf::actor_clock::time_point;

  /// One round over all leases, batch by batch.
  struct round {
    std::vector<lease> leases;
    size_t next = 0;
    time_point begin;
  };

  void schedule();

  void start();

  void renew(round x);

  /// Trusts all leases for a while from `good_since`, when a round began that
  /// has succeeded.
  void watch(time_point good_since);

  void give_up();

  renewer_actor::pointer self_;
  lease_holding_actor dispatcher_;
  renewing_store store_;
  timespan lease_duration_;
  timespan trusted_;
  size_t batch_size_;
  caf::disposable next_;
  caf::disposable watch_;
  /// Every lease that is held is good for a lease duration from there.
  time_point good_since_;
  bool ending_ = false;
  bool renewing_ = false;
};

using renewer_impl = caf::stateful_actor<renewer_state, renewer_actor::impl>;

} // namespace inbox
