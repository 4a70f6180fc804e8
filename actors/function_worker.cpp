#include "function_worker.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <exception>
#include <utility>

namespace inbox {

function_worker_state::function_worker_state(
  function_worker_actor::pointer self, function_ptr function, jobs_ptr jobs,
  function_jobs::worker_id id, function_owning_actor owner)
  : self_{self},
    function_{std::move(function)},
    jobs_{std::move(jobs)},
    id_{id},
    owner_{std::move(owner)} {
  // nop
}

outcome function_worker_state::call(handle_event& x) {
  try {
    return (*function_)(delivery{std::move(x)});
  } catch (const std::exception& e) {
    return failed(std::string{"the handler threw: "} + e.what());
  } catch (...) {
    return failed("the handler threw something that is no std::exception");
  }
}

void function_worker_state::run_all() {
  auto tell = [this] {
    if (jobs_->has_news())
      send(self_, owner_, functions_returned{});
  };
  auto now = monotonic_now(self_);
  while (auto job = jobs_->next(id_, now)) {
    auto result = call(job->request);
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
