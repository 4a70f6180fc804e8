#pragma once

#include "interfaces.hpp"
#include "log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <map>

namespace inbox {

/// Has the work of a lost inbox go on before its leases run out.
///
/// That a link to another inbox was lost is a hint, and no more: the leases of
/// that inbox are ended only if its end was sudden, if the store has shown it
/// to be there before, and does not show it any more at two looks one second
/// apart, between which it has neither claimed nor renewed. The other side of
/// this: an inbox that has lost a link and is not to be seen in the store
/// itself gives its leases up before that second is over.
///
/// Receives: `meet_peer` and `lose_peer` from the inbox, `handler_down` when a
/// peer has ended, `presence_changed` from the listener, `end_duty`. Sends:
/// `look_for_owner` to the store; `poke_poller` and `wake_others` once leases
/// have ended; `get_leases` and `lose_leases` to the dispatcher. On failure of
/// the store: it looks again for a while; then the leases run out by
/// themselves.
class rescuer_state {
public:
  static inline const char* name = "inbox.rescuer";

  rescuer_state(rescuer_actor::pointer self, looking_store store,
                lease_holding_actor dispatcher, poked_actor poller,
                alerting_actor waker, logger_ptr log);

  rescuer_actor::behavior_type make_behavior();

private:
  struct peer {
    /// To it, also over the other's. None: it was lost a moment ago.
    size_t links = 0;
    /// Whether the store has shown it.
    bool seen = false;
    /// Grows with each of these: older looks are of no use any more.
    uint64_t turn = 0;
    /// When it was lost, by the monotonic clock.
    timespan lost_at{};
  };

  void met(const meet_peer& x);

  /// Looks for one until it has been seen.
  void look_until_seen(const uuid& owner, uint64_t turn, timespan pause);

  void link_ended(const lose_peer& x);

  /// Looks whether a lost one has left the store.
  void look_for_lost(const uuid& owner, uint64_t turn);

  void look_again(const uuid& owner, uint64_t turn);

  /// Ends its leases, if it has not come back.
  void rescue(const uuid& owner, uint64_t turn, timestamp latest_lease);

  /// Returns null if that is over.
  [[nodiscard]] peer* find(const uuid& owner, uint64_t turn);

  [[nodiscard]] inbox_stats stats() const;

  void set_present(bool present);

  [[nodiscard]] bool is_alone() const;

  /// Gives up all leases if it stays alone.
  void watch_solitude();

  void give_up_leases();

  rescuer_actor::pointer self_;
  looking_store store_;
  lease_holding_actor dispatcher_;
  poked_actor poller_;
  alerting_actor waker_;
  logger_ptr log_;
  std::map<uuid, peer> peers_;
  std::map<caf::actor_addr, uuid> links_;
  /// Whether this inbox has ever been there for others to see, and is.
  bool was_present_ = false;
  bool present_ = false;
  bool watching_ = false;
};

using rescuer_impl = caf::stateful_actor<rescuer_state, rescuer_actor::impl>;

} // namespace inbox
