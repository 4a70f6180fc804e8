#pragma once

#include "interfaces.hpp"
#include "log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace inbox {

/// Writes the log, and tells whoever wants to know: the application's callbacks
/// and its observer.
///
/// Receives: `delivery_died` and `error_occurred` from all others. Sends: both
/// to the callback caller and to the observer. `end_duty` is answered once the
/// callbacks have been called for all that came before.
class notifier_state {
public:
  static inline const char* name = "inbox.notifier";

  struct receivers {
    /// Null if there are no callbacks.
    callback_caller_actor callbacks;
    /// Null if there is none.
    observer_actor observer;
    logger_ptr logger;
  };

  notifier_state(notifier_actor::pointer self, receivers to);

  notifier_actor::behavior_type make_behavior();

private:
  template <class Message>
  void tell(const Message& x);

  notifier_actor::pointer self_;
  receivers to_;
  inbox_stats stats_;
};

using notifier_impl = caf::stateful_actor<notifier_state, notifier_actor::impl>;

} // namespace inbox
