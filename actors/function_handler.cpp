#include "function_handler.hpp"

#include "caf_compat.hpp"
#include "function_worker.hpp"
#include "monotonic.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace inbox {

function_handler_state::function_handler_state(
  function_handler_actor::pointer self, worker_source make_worker,
  uint32_t concurrency, uint32_t max_stuck, observer_actor notifier)
  : self_{self},
    make_worker_{std::move(make_worker)},
    concurrency_{std::max(concurrency, 1u)},
    max_stuck_{max_stuck},
    notifier_{std::move(notifier)} {
  // nop
}

function_handler_state::~function_handler_state() {
  for (auto& worker : idle_)
    retire(worker);
  for (auto& entry : jobs_) {
    entry.second.cancellation.request();
    retire(entry.second.worker);
  }
}

void function_handler_state::retire(const function_worker_actor& worker) {
  // Takes effect once its function has returned, if ever.
  self_->send_exit(worker, caf::exit_reason::user_shutdown);
}

void function_handler_state::start_next() {
  while (!waiting_.empty() && running() < concurrency_) {
    if (stuck_ > max_stuck_ && idle_.empty()) {
      refuse_waiting("its workers do not return");
      return;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    // Whoever asked has counted the wait as well.
    auto left = next.request.timeout - (monotonic_now(self_) - next.since);
    if (left > timespan{0}) {
      next.request.timeout = left;
      run(std::move(next));
    } else {
      // Begun now, it would be taken for a stuck one.
      next.reply.deliver(failed("found no free worker before its deadline"));
    }
  }
}

void function_handler_state::refuse_waiting(const std::string& why) {
  for (auto& x : waiting_)
    x.reply.deliver(
      make_error(errc::handler_stuck, x.request.handler_key, why));
  waiting_.clear();
}

function_worker_actor function_handler_state::find_worker() {
  if (!idle_.empty()) {
    auto result = std::move(idle_.back());
    idle_.pop_back();
    return result;
  }
  try {
    auto result
      = make_worker_(caf::actor_cast<function_owning_actor>(self_->ctrl()));
    if (stuck_ > 0)
      ++stats_.replaced_workers;
    return result;
  } catch (const std::exception&) {
    return function_worker_actor{}; // no thread, or no memory for one
  }
}

void function_handler_state::run(waiting next) {
  auto worker = find_worker();
  if (!worker) {
    waiting_.push_front(std::move(next));
    refuse_waiting("there is no thread for a worker");
    return;
  }
  auto ticket = ++last_ticket_;
  auto& x = jobs_[ticket];
  x.handler_key = next.request.handler_key;
  x.worker = std::move(worker);
  x.reply = std::move(next.reply);
  x.cancellation = next.request.cancellation;
  x.deadline = self_->run_delayed(next.request.timeout,
                                  [this, ticket] { expired(ticket); });
  send(self_, x.worker, run_function{ticket, std::move(next.request)});
}

void function_handler_state::expired(uint64_t ticket) {
  auto i = jobs_.find(ticket);
  if (i == jobs_.end())
    return;
  auto& x = i->second;
  x.stuck = true;
  ++stuck_;
  x.cancellation.request();
  x.reply.deliver(failed("did not return before its deadline"));
  if (notifier_)
    send(self_, notifier_,
         error_occurred{make_error(
           errc::handler_stuck, x.handler_key,
           "did not return before its deadline; calls that have not: "
             + std::to_string(stuck_))});
  start_next();
}

void function_handler_state::returned(const function_returned& x) {
  auto i = jobs_.find(x.ticket);
  if (i == jobs_.end())
    return;
  auto ended = std::move(i->second);
  jobs_.erase(i);
  ended.deadline.dispose();
  if (ended.stuck)
    --stuck_;
  else
    ended.reply.deliver(x.result);
  // A late one may have been replaced: keep no more than are needed.
  if (running() + idle_.size() < concurrency_)
    idle_.push_back(std::move(ended.worker));
  else
    retire(ended.worker);
  start_next();
}

function_handler_actor::behavior_type function_handler_state::make_behavior() {
  return {
    [this](handle_event& x) -> caf::result<outcome> {
      auto reply = self_->make_response_promise<outcome>();
      waiting_.push_back({std::move(x), reply, monotonic_now(self_)});
      start_next();
      return reply;
    },
    [this](const function_returned& x) { returned(x); },
    [this](const get_stats&) {
      auto result = stats_;
      result.open_calls = jobs_.size();
      result.stuck_workers = stuck_;
      return result;
    },
  };
}

handler_actor spawn_handler(caf::actor_system& sys, handler_function f,
                            uint32_t concurrency, uint32_t max_stuck) {
  auto shared = std::make_shared<const handler_function>(std::move(f));
  auto make_worker = [&sys, shared](function_owning_actor owner) {
    return function_worker_actor{
      sys.spawn<function_worker_impl, caf::detached>(shared, std::move(owner))};
  };
  return sys.spawn<function_handler_impl>(make_worker, concurrency, max_stuck);
}

} // namespace inbox
