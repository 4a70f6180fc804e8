#include "caf_compat.hpp"
#include "callback_caller.hpp"
#include "completer.hpp"
#include "dispatcher.hpp"
#include "function_handler.hpp"
#include "function_worker.hpp"
#include "inbox_actor.hpp"
#include "listener.hpp"
#include "monotonic.hpp"
#include "notifier.hpp"
#include "poller.hpp"
#include "renewer.hpp"
#include "rescuer.hpp"
#include "retention.hpp"
#include "store_worker.hpp"
#include "waker.hpp"
#include "writer.hpp"

#include <caf/exit_reason.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace inbox {

namespace {

/// Most attempts that are settled with effects in one transaction: the locks of
/// all are held until its end.
constexpr uint32_t most_joint = 100;

} // namespace

template <class Impl, caf::spawn_options Options, class... Args>
auto inbox_state::spawn_child(Args&&... args) {
  auto child
    = self_->spawn<Impl, caf::linked + Options>(std::forward<Args>(args)...);
  child->attach_functor([log = log_,
                         what = to_string(child)](const caf::error& reason) {
    // Unreachable is what nobody holds any more, once the inbox has ended.
    if (reason && reason != caf::exit_reason::user_shutdown
        && reason != caf::exit_reason::unreachable)
      log->error("actor_failed actor={} reason=\"{}\"", what, describe(reason));
  });
  children_.push_back(caf::actor_cast<caf::actor>(child));
  return child;
}

store_worker_actor inbox_state::spawn_store_worker(const store_opener& open) {
  auto notifier = observer_actor{notifier_};
  auto self = caf::actor_cast<caf::actor_addr>(self_);
  if (environment_.detach)
    return spawn_child<store_worker_impl, caf::detached>(open, routes_,
                                                         notifier, self);
  return spawn_child<store_worker_impl>(open, routes_, notifier, self);
}

store_opener inbox_state::open_to_write() const {
  return
    [routes = routes_, open = environment_.open] { return routes->open(open); };
}

void inbox_state::spawn_store_workers() {
  auto add = [this](const store_opener& open) {
    workers_.push_back(spawn_store_worker(open));
  };
  auto& open = environment_.open;
  auto to_write = open_to_write();
  // In the order of the roles.
  add(to_write);
  if (environment_.connections == connection_use::one)
    return;
  if (environment_.connections == connection_use::per_role) {
    add(open);
    add(open);
    add(environment_.open_to_renew ? environment_.open_to_renew : open);
    add(open);
    add(to_write);
    add(to_write);
  }
  add(open);
}

void inbox_state::connect_early() {
  if (environment_.connections == connection_use::per_role
      && environment_.store_is_there && !first_handlers_.entries().empty())
    send_anonymously(worker(role::settle), settle_deliveries{});
}

const store_worker_actor& inbox_state::worker(role x) const {
  // Whatever reads or erases much comes last and holds up nobody else.
  if (x == role::report)
    return workers_.back();
  auto i = static_cast<size_t>(x);
  return environment_.connections == connection_use::per_role
           ? workers_[i]
           : workers_.front();
}

callback_caller_actor inbox_state::spawn_callback_caller() {
  callback_caller_state::callbacks calls{config_.on_dead, config_.on_error};
  if (!calls)
    return callback_caller_actor{};
  if (environment_.detach)
    return spawn_child<callback_caller_impl, caf::detached>(calls, log_);
  return spawn_child<callback_caller_impl>(calls, log_);
}

std::function<function_runner()>
inbox_state::runner_source(const registry::entry& x) const {
  if (!x.transactional)
    return [f = std::make_shared<const handler_function>(x.function)] {
      return make_runner(f);
    };
  transaction_settings config{open_to_write(), config_.payload_limit,
                              config_.store.deadline};
  return [f = std::make_shared<const transactional_function>(x.transactional),
          config] { return make_runner(f, config); };
}

function_handler_actor
inbox_state::spawn_function_handler(const registry::entry& x) {
  auto make_worker = [&sys = self_->system(), new_runner = runner_source(x),
                      detach = environment_.detach](
                       function_handler_state::jobs_ptr jobs,
                       function_jobs::worker_id id,
                       function_owning_actor owner) -> function_worker_actor {
    if (detach)
      return sys.spawn<function_worker_impl, caf::detached>(new_runner(),
                                                            std::move(jobs), id,
                                                            std::move(owner));
    return sys.spawn<function_worker_impl>(new_runner(), std::move(jobs), id,
                                           std::move(owner));
  };
  function_handler_actor child
    = spawn_child<function_handler_impl>(make_worker, x.options.concurrency,
                                         config_.max_stuck_workers,
                                         observer_actor{notifier_});
  counting_.push_back(child);
  return child;
}

void inbox_state::spawn_children() {
  notifier_ = spawn_child<notifier_impl>(notifier_state::receivers{
    spawn_callback_caller(), caf::actor_cast<observer_actor>(config_.observer),
    log_});
  spawn_store_workers();
  connect_early();

  auto signal = environment_.open_channel ? std::make_shared<wake_signal>()
                                          : nullptr;
  // CAF 1.x has no assignment between handles of a single signature.
  waker_ = spawn_child<waker_impl>(signal);
  auto alerting = caf::actor_cast<alerting_actor>(waker_);

  completer_ = spawn_child<completer_impl>(settling_store{worker(role::settle)},
                                           observer_actor{notifier_}, alerting,
                                           config_.batch_size);

  joint_completer_
    = spawn_child<completer_impl>(settling_store{worker(role::settle_jointly)},
                                  observer_actor{notifier_}, alerting,
                                  std::min(most_joint, config_.batch_size));

  dispatcher_state::settings dispatching;
  dispatching.handler_timeout = config_.handler_timeout;
  dispatching.settle_timeout = config_.store.deadline;
  dispatching.max_in_flight = config_.max_in_flight;
  dispatching.max_bytes = config_.max_in_flight_bytes;
  dispatching.payload_limit = config_.payload_limit;
  dispatching.cancel_patience = cancel_patience(config_.lease_duration);
  dispatching.policy = {config_.max_attempts, config_.backoff};
  dispatching.random_seed = environment_.random_seed;
  dispatcher_ = spawn_child<dispatcher_impl>(completing_actor{completer_},
                                             completing_actor{joint_completer_},
                                             observer_actor{notifier_},
                                             dispatching);

  poller_state::settings polling;
  polling.owner = environment_.owner;
  polling.iteration_rate = config_.iteration_rate;
  polling.iteration_jitter = std::chrono::seconds{config_.iteration_seed};
  polling.lease_duration = config_.lease_duration;
  polling.batch_size = config_.batch_size;
  polling.max_attempts = config_.max_attempts;
  polling.random_seed = environment_.random_seed + 1;
  std::vector<claiming_store> claiming{claiming_store{worker(role::claim)}};
  if (environment_.connections == connection_use::per_role)
    claiming.emplace_back(worker(role::claim_ahead));
  poller_ = spawn_child<poller_impl>(dispatching_actor{dispatcher_},
                                     std::move(claiming),
                                     observer_actor{notifier_}, polling);

  renewer_ = caf::actor_cast<renewer_actor>(spawn_child<renewer_impl>(
    lease_holding_actor{dispatcher_}, renewing_store{worker(role::renew)},
    config_.lease_duration, config_.batch_size));

  std::vector<writing_store> writing{writing_store{worker(role::write)}};
  if (environment_.connections == connection_use::per_role)
    writing.emplace_back(worker(role::write_ahead));
  // Routes are not added over a connection that writes: a process that does not
  // write has none. While one is added there is nothing to claim for it.
  writer_ = spawn_child<writer_impl>(
    std::move(writing), routing_store{worker(role::claim)},
    lending_actor{poller_}, alerting,
    writer_state::limits{config_.write_batch_size, config_.max_waiting_writes,
                         config_.max_waiting_bytes, config_.payload_limit},
    environment_.owner, config_.lease_duration);

  counting_ = {notifier_,   completer_, joint_completer_,
               dispatcher_, poller_,    writer_};
  if (config_.retention_days > 0) {
    retention_ = spawn_child<retention_impl>(
      erasing_store{worker(role::report)},
      retention_state::settings{config_.iteration_rate, config_.erase_interval,
                                std::chrono::hours{24} * config_.retention_days,
                                config_.erase_unfinished});
    counting_.push_back(retention_);
  }

  rescuer_ = spawn_child<rescuer_impl>(
    caf::actor_cast<looking_store>(worker(role::report)),
    lease_holding_actor{dispatcher_}, caf::actor_cast<poked_actor>(poller_),
    alerting, log_);
  counting_.push_back(rescuer_);
  if (signal)
    spawn_listener(signal);
}

void inbox_state::spawn_listener(const std::shared_ptr<wake_signal>& signal) {
  auto& open = environment_.open_channel;
  listener_state::receivers to{caf::actor_cast<caf::actor_addr>(self_),
                               caf::actor_cast<present_actor>(rescuer_),
                               observer_actor{notifier_}};
  listener_ = environment_.detach
                ? spawn_child<listener_impl, caf::detached>(open, signal, to)
                : spawn_child<listener_impl>(open, signal, to);
}

} // namespace inbox
