#pragma once

#include "handler.hpp"
#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace inbox {

/// Runs a handler function. Blocking: spawn it detached.
///
/// Receives: `run_function`. Sends: `function_returned` to its owner, always
/// and however late. On failure: whatever the function throws is a failed
/// outcome.
class function_worker_state {
public:
  static inline const char* name = "inbox.function_worker";

  function_worker_state(function_worker_actor::pointer self,
                        handler_function function, function_owning_actor owner);

  function_worker_actor::behavior_type make_behavior();

private:
  outcome call(handle_event& x);

  function_worker_actor::pointer self_;
  handler_function function_;
  function_owning_actor owner_;
};

using function_worker_impl
  = caf::stateful_actor<function_worker_state, function_worker_actor::impl>;

} // namespace inbox
