#pragma once

#include "function_jobs.hpp"
#include "function_runner.hpp"
#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace inbox {

/// Runs a handler function for one job after another. Blocking: spawn it
/// detached.
///
/// Receives: `run_functions`. Sends: `functions_returned` to its owner, once
/// for all jobs that end before the owner looks. On failure: see its runner.
class function_worker_state {
public:
  static inline const char* name = "inbox.function_worker";

  using jobs_ptr = std::shared_ptr<function_jobs>;

  function_worker_state(function_worker_actor::pointer self,
                        function_runner run, jobs_ptr jobs,
                        function_jobs::worker_id id,
                        function_owning_actor owner);

  function_worker_actor::behavior_type make_behavior();

private:
  void run_all();

  function_worker_actor::pointer self_;
  function_runner run_;
  jobs_ptr jobs_;
  function_jobs::worker_id id_;
  function_owning_actor owner_;
};

using function_worker_impl
  = caf::stateful_actor<function_worker_state, function_worker_actor::impl>;

} // namespace inbox
