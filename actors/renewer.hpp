#pragma once

#include "interfaces.hpp"

#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace inbox {

/// Keeps the leases of all claimed work alive, three times per lease duration.
///
/// Sends: `get_leases` to the dispatcher, `renew_leases` to the store, then
/// `extend_leases` for what was renewed and `lose_leases` for what others have
/// taken to the dispatcher. On failure of the store: tries again soon; what is
/// not renewed in time the dispatcher gives up by itself.
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
    /// When it began, by the monotonic clock.
    timespan begin{};
  };

  /// Starts the next round after a pause.
  void schedule(timespan pause);

  void start();

  /// Renews the next batch of a round, or ends it.
  void renew(round x);

  /// Tells the dispatcher what has become of a batch.
  void renewed(std::vector<lease> asked, const renewed_leases& got,
               timespan trusted_until);

  renewer_actor::pointer self_;
  lease_holding_actor dispatcher_;
  renewing_store store_;
  timespan lease_duration_;
  size_t batch_size_;
  caf::disposable next_;
  bool ending_ = false;
};

using renewer_impl = caf::stateful_actor<renewer_state, renewer_actor::impl>;

} // namespace inbox
