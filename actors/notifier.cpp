#include "notifier.hpp"

#include "caf_compat.hpp"

#include <boost/uuid/uuid_io.hpp>
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

notifier_state::notifier_state(notifier_actor::pointer self, receivers to)
  : self_{self},
    to_{std::move(to)} {
  to_.logger = use_logger(std::move(to_.logger));
}

notifier_actor::behavior_type notifier_state::make_behavior() {
  return {
    [this](const delivery_died& x) {
      to_.logger->warn("delivery_died event={} type=\"{}\" key=\"{}\" "
                       "attempts={} message=\"{}\"",
                       to_string(x.event_id), x.event_type, x.handler_key,
                       x.attempts, x.message);
      call(*to_.logger, "on_dead", to_.on_dead, x);
      if (to_.observer)
        send(self_, to_.observer, x);
    },
    [this](const error_occurred& x) {
      ++stats_.errors;
      to_.logger->error("error_occurred error=\"{}\"", describe(x.reason));
      call(*to_.logger, "on_error", to_.on_error, x.reason);
      if (to_.observer)
        send(self_, to_.observer, x);
    },
    [this](const get_stats&) { return stats_; },
  };
}

} // namespace inbox
