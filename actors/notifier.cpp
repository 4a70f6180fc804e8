#include "notifier.hpp"

#include "caf_compat.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace inbox {

notifier_state::notifier_state(notifier_actor::pointer self, receivers to)
  : self_{self},
    to_{std::move(to)} {
  to_.logger = use_logger(std::move(to_.logger));
}

template <class Message>
void notifier_state::tell(const Message& x) {
  if (to_.callbacks)
    send(self_, to_.callbacks, x);
  if (to_.observer)
    send(self_, to_.observer, x);
}

notifier_actor::behavior_type notifier_state::make_behavior() {
  return {
    [this](const delivery_died& x) {
      to_.logger->warn("delivery_died event={} type=\"{}\" key=\"{}\" "
                       "attempts={} message=\"{}\"",
                       to_string(x.event_id), x.event_type, x.handler_key,
                       x.attempts, x.message);
      tell(x);
    },
    [this](const error_occurred& x) {
      ++stats_.errors;
      to_.logger->error("error_occurred error=\"{}\"", describe(x.reason));
      tell(x);
    },
    [this](const get_stats&) { return stats_; },
    [this](const end_duty&) -> caf::result<void> {
      auto reply = self_->make_response_promise<void>();
      if (!to_.callbacks) {
        reply.deliver();
        return reply;
      }
      request(self_, to_.callbacks, caf::infinite, end_duty{})
        .then([reply]() mutable { reply.deliver(); },
              [reply](const caf::error&) mutable { reply.deliver(); });
      return reply;
    },
  };
}

} // namespace inbox
