#include "callback_caller.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace inbox {

namespace {

/// Calls `callback` if there is one; what it throws ends here.
template <class Callback, class Argument>
void call(spdlog::logger& log, const char* which, const Callback& callback,
          const Argument& argument) {
  if (!callback)
    return;
  try {
    callback(argument);
  } catch (const std::exception& e) {
    log.error("callback_threw callback={} what=\"{}\"", which, e.what());
  } catch (...) {
    log.error("callback_threw callback={} what=\"no std::exception\"", which);
  }
}

} // namespace

callback_caller_state::callback_caller_state(callback_caller_actor::pointer,
                                             callbacks calls, logger_ptr log)
  : calls_{std::move(calls)},
    log_{use_logger(std::move(log))} {
  // nop
}

callback_caller_actor::behavior_type callback_caller_state::make_behavior() {
  return {
    [this](const delivery_died& x) {
      call(*log_, "on_dead", calls_.on_dead, x);
    },
    [this](const error_occurred& x) {
      call(*log_, "on_error", calls_.on_error, x.reason);
    },
    [](const end_duty&) {
      // All that came before has been told.
    },
  };
}

} // namespace inbox
