#pragma once

#include "interfaces.hpp"
#include "waker.hpp"

#include "../storage/wake_channel.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <string>

namespace inbox {

/// Waits for what other inboxes say over the store. Blocking: spawn it
/// detached.
///
/// Receives: `go_on_listening` from itself, `end_duty` after the end of the
/// signal. Sends: `wake_up` to the inbox, also after each connection, since
/// something may have been missed; `presence_changed` to the rescuer;
/// `error_occurred` to the notifier, once for many failures in a row. On
/// failure: it connects again after a growing pause, up to five seconds, or to
/// a minute where the options have to be changed.
class listener_state {
public:
  static inline const char* name = "inbox.listener";

  struct receivers {
    /// No strong reference: the inbox has one to this actor.
    caf::actor_addr inbox;
    present_actor rescuer;
    observer_actor notifier;
  };

  listener_state(listener_actor::pointer self, wake_channel_opener open,
                 wake_signal_ptr signal, receivers to);

  listener_actor::behavior_type make_behavior();

private:
  /// Waits once.
  void listen();

  void failed(const caf::error& err);

  void wake_inbox(const wake_up& what);

  void tell_presence();

  listener_actor::pointer self_;
  wake_channel_opener open_;
  wake_signal_ptr signal_;
  receivers to_;
  wake_channel_ptr channel_;
  bool present_ = false;
  timespan pause_;
  /// What was reported last.
  std::string reported_;
};

using listener_impl = caf::stateful_actor<listener_state, listener_actor::impl>;

} // namespace inbox
