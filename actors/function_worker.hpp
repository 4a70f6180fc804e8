#pragma once

#include "handler.hpp"
#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace inbox {

/// Runs a handler function. Blocking: spawn it detached.
///
/// Receives: `run_function`. Sends: `function_returned` to its owner, always
/// and however late. On failure: whatever the function throws is a failed
/// outcome.
class function_worker_state {
public:
  static inline const char* name = "inbox.function_worker";

  using function_ptr = std::shared_ptr<const handler_function>;

  function_worker_state(function_worker_actor::pointer self,
                        function_ptr function, function_owning_actor owner);

  function_worker_actor::behavior_type make_behavior();

private:
  outcome call(handle_event& x);

  function_worker_actor::pointer self_;
  /// All workers of a handler key share one function object.
  function_ptr function_;
  function_owning_actor owner_;
};

using function_worker_impl
  = caf::stateful_actor<function_worker_state, function_worker_actor::impl>;

} // namespace inbox
