#include "function_worker.hpp"

#include "caf_compat.hpp"

#include <exception>
#include <utility>

namespace inbox {

function_worker_state::function_worker_state(
  function_worker_actor::pointer self, function_ptr function,
  function_owning_actor owner)
  : self_{self},
    function_{std::move(function)},
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

function_worker_actor::behavior_type function_worker_state::make_behavior() {
  return {
    [this](run_function& x) {
      // Nobody waits any more: do not begin what was canceled while waiting.
      auto result = x.request.cancellation.requested()
                      ? failed("canceled before it began")
                      : call(x.request);
      send(self_, owner_, function_returned{x.ticket, std::move(result)});
    },
  };
}

} // namespace inbox
