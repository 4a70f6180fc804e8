#pragma once

#include "interfaces.hpp"
#include "log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

namespace inbox {

/// Calls the application's callbacks, sends to its observer and writes the log.
///
/// Receives: `delivery_died` and `error_occurred` from all others. Sends: both
/// to the observer. On failure: what a callback throws is caught and logged.
class notifier_state {
public:
  static inline const char* name = "inbox.notifier";

  struct receivers {
    std::function<void(const delivery_died&)> on_dead;
    std::function<void(const caf::error&)> on_error;
    observer_actor observer;
    logger_ptr logger;
  };

  notifier_state(notifier_actor::pointer self, receivers to);

  notifier_actor::behavior_type make_behavior();

private:
  notifier_actor::pointer self_;
  receivers to_;
  inbox_stats stats_;
};

using notifier_impl = caf::stateful_actor<notifier_state, notifier_actor::impl>;

} // namespace inbox
