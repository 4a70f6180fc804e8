#include "completer.hpp"
#include "dispatcher.hpp"
#include "function_handler.hpp"
#include "function_worker.hpp"
#include "inbox_actor.hpp"
#include "notifier.hpp"
#include "poller.hpp"
#include "renewer.hpp"
#include "retention.hpp"
#include "store_worker.hpp"
#include "writer.hpp"

#include <caf/exit_reason.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace inbox {

template <class Impl, caf::spawn_options Options, class... Args>
auto inbox_state::spawn_child(Args&&... args) {
  auto child
    = self_->spawn<Impl, caf::linked + Options>(std::forward<Args>(args)...);
  child->attach_functor(
    [log = log_, what = to_string(child)](const caf::error& reason) {
      // Unreachable is what nobody holds any more, once the inbox has ended.
      if (reason && reason != caf::exit_reason::user_shutdown
          && reason != caf::exit_reason::unreachable)
        log->error("actor_failed actor={} reason=\"{}\"", what,
                   to_string(reason));
    });
  children_.push_back(caf::actor_cast<caf::actor>(child));
  return child;
}

store_worker_actor inbox_state::spawn_store_worker() {
  auto notifier = observer_actor{notifier_};
  if (environment_.detach)
    return spawn_child<store_worker_impl, caf::detached>(environment_.open,
                                                         notifier);
  return spawn_child<store_worker_impl>(environment_.open, notifier);
}

function_handler_actor
inbox_state::spawn_function_handler(const registry::entry& x) {
  auto make_worker = [&sys = self_->system(), f = x.function,
                      detach = environment_.detach](
                       function_owning_actor owner) -> function_worker_actor {
    if (detach)
      return sys.spawn<function_worker_impl, caf::detached>(f,
                                                            std::move(owner));
    return sys.spawn<function_worker_impl>(f, std::move(owner));
  };
  function_handler_actor child = spawn_child<function_handler_impl>(
    make_worker, x.options.concurrency, config_.max_stuck_workers);
  counting_.push_back(child);
  return child;
}

const store_worker_actor& inbox_state::worker(size_t role) const {
  return workers_[role % workers_.size()];
}

void inbox_state::spawn_children() {
  notifier_ = spawn_child<notifier_impl>(notifier_state::receivers{
    config_.on_dead, config_.on_error,
    caf::actor_cast<observer_actor>(config_.observer), log_});
  for (uint32_t i = 0; i < environment_.connections; ++i)
    workers_.push_back(spawn_store_worker());

  completer_ = spawn_child<completer_impl>(settling_store{worker(2)},
                                           observer_actor{notifier_},
                                           config_.batch_size);

  dispatcher_state::settings dispatching;
  dispatching.handler_timeout = config_.handler_timeout;
  dispatching.settle_timeout = config_.store.deadline;
  dispatching.max_in_flight = config_.max_in_flight;
  dispatching.policy = {config_.max_attempts, config_.backoff};
  dispatching.random_seed = environment_.random_seed;
  dispatcher_ = spawn_child<dispatcher_impl>(completing_actor{completer_},
                                             dispatching);

  poller_state::settings polling;
  polling.owner = environment_.owner;
  polling.iteration_rate = config_.iteration_rate;
  polling.iteration_jitter = std::chrono::seconds{config_.iteration_seed};
  polling.lease_duration = config_.lease_duration;
  polling.batch_size = config_.batch_size;
  polling.max_attempts = config_.max_attempts;
  polling.random_seed = environment_.random_seed + 1;
  poller_ = spawn_child<poller_impl>(dispatching_actor{dispatcher_},
                                     claiming_store{worker(1)},
                                     observer_actor{notifier_}, polling);

  // CAF 1.x has no assignment between handles of a single signature.
  renewer_ = caf::actor_cast<renewer_actor>(spawn_child<renewer_impl>(
    lease_holding_actor{dispatcher_}, renewing_store{worker(3)},
    config_.lease_duration, config_.batch_size));

  writer_ = spawn_child<writer_impl>(
    writing_store{worker(0)}, poked_actor{poller_},
    writer_state::limits{config_.write_batch_size, config_.max_waiting_writes,
                         config_.payload_limit});

  counting_ = {notifier_, completer_, dispatcher_, poller_, writer_};
  if (config_.retention_days > 0) {
    retention_ = spawn_child<retention_impl>(
      erasing_store{worker(3)},
      retention_state::settings{config_.iteration_rate, config_.erase_interval,
                                std::chrono::hours{24} * config_.retention_days,
                                config_.erase_unfinished});
    counting_.push_back(retention_);
  }
}

} // namespace inbox
