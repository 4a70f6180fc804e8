#pragma once

#include "interfaces.hpp"
#include "log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

namespace inbox {

/// Calls the application's callbacks. Those may block: spawn it detached.
///
/// Receives: `delivery_died` and `error_occurred` from the notifier. Sends:
/// nothing. On failure: what a callback throws is caught and logged.
class callback_caller_state {
public:
  static inline const char* name = "inbox.callback_caller";

  struct callbacks {
    std::function<void(const delivery_died&)> on_dead;
    std::function<void(const caf::error&)> on_error;

    explicit operator bool() const noexcept {
      return on_dead != nullptr || on_error != nullptr;
    }
  };

  callback_caller_state(callback_caller_actor::pointer self, callbacks calls,
                        logger_ptr log);

  callback_caller_actor::behavior_type make_behavior();

private:
  callbacks calls_;
  logger_ptr log_;
};

using callback_caller_impl
  = caf::stateful_actor<callback_caller_state, callback_caller_actor::impl>;

} // namespace inbox
