#include "function_worker.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <utility>

namespace inbox {

function_worker_state::function_worker_state(
  function_worker_actor::pointer self, function_runner run, jobs_ptr jobs,
  function_jobs::worker_id id, function_owning_actor owner)
  : self_{self},
    run_{std::move(run)},
    jobs_{std::move(jobs)},
    id_{id},
    owner_{std::move(owner)} {
  // nop
}

void function_worker_state::run_all() {
  auto tell = [this] {
    if (jobs_->has_news())
      send(self_, owner_, functions_returned{});
  };
  commit_permit may_commit = [this](timespan patience) {
    return jobs_->may_commit(id_, monotonic_now(self_), patience);
  };
  auto now = monotonic_now(self_);
  while (auto job = jobs_->next(id_, now)) {
    auto result = run_(*job, may_commit);
    now = monotonic_now(self_);
    jobs_->finish(id_, std::move(result), now);
    tell();
  }
  tell(); // of what was not begun
}

function_worker_actor::behavior_type function_worker_state::make_behavior() {
  return {
    [this](const run_functions&) { run_all(); },
  };
}

} // namespace inbox
