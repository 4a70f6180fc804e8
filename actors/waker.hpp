#pragma once

#include "interfaces.hpp"

#include "../storage/wake_signal.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace inbox {

using wake_signal_ptr = std::shared_ptr<wake_signal>;

/// Has other inboxes on the store look for work that this one leaves: at once,
/// then at most every 5 ms, since a hint for each write would cost more than
/// it saves.
///
/// Receives: `wake_others` from the writer, the completer and the rescuer;
/// `meet_peer` from the inbox, `handler_down` when a peer has ended;
/// `end_duty`. Sends: `wake_up` to the peers, and by way of the signal to the
/// listener's channel. On failure of any of them: nothing; the iterations of
/// the pollers are the net.
class waker_state {
public:
  static inline const char* name = "inbox.waker";

  /// `signal` is null if there is no channel. It ends with this actor.
  waker_state(waker_actor::pointer self, wake_signal_ptr signal);

  ~waker_state();

  waker_actor::behavior_type make_behavior();

private:
  void alert(const wake_up& what);

  void tell_others();

  waker_actor::pointer self_;
  wake_signal_ptr signal_;
  std::vector<caf::actor> peers_;
  /// What there is to tell when the pause is over.
  std::optional<wake_up> waiting_;
  bool pausing_ = false;
};

using waker_impl = caf::stateful_actor<waker_state, waker_actor::impl>;

} // namespace inbox
