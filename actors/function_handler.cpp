#include "function_handler.hpp"

#include "caf_compat.hpp"
#include "function_worker.hpp"
#include "in_place.hpp"
#include "monotonic.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace inbox {

function_handler_state::function_handler_state(
  function_handler_actor::pointer self, worker_source make_worker,
  uint32_t concurrency, uint32_t max_stuck, observer_actor notifier)
  : self_{self},
    make_worker_{std::move(make_worker)},
    jobs_{std::make_shared<function_jobs>(concurrency)},
    max_stuck_{max_stuck},
    notifier_{std::move(notifier)} {
  // nop
}

function_handler_state::~function_handler_state() {
  static_cast<void>(jobs_->take_waiting());
  jobs_->cancel_running();
  // Takes effect once its function has returned, if ever.
  for (auto& entry : workers_)
    self_->send_exit(entry.second, caf::exit_reason::user_shutdown);
}

void function_handler_state::retire(function_jobs::worker_id which) {
  auto i = workers_.find(which);
  self_->send_exit(i->second, caf::exit_reason::user_shutdown);
  workers_.erase(i);
}

// -- what comes in ------------------------------------------------------------

caf::result<outcome> function_handler_state::handle(handle_event& x) {
  auto reply = self_->make_response_promise<outcome>();
  auto expires = monotonic_now(self_) + x.timeout;
  watch(expires);
  auto ticket = ++last_ticket_;
  askers_.emplace(ticket, asker{reply, x.handler_key});
  jobs_->push({ticket, std::move(x), timespan::max(), expires, {}});
  start();
  return reply;
}

void function_handler_state::handle_all(handle_events& x) {
  dispatcher_ = caf::actor_cast<event_handing_actor>(self_->current_sender());
  auto now = monotonic_now(self_);
  for (auto& next : x.jobs)
    watch(now + next.request.timeout); // or later, when it begins later
  last_ticket_ = jobs_->push(std::move(x.jobs), last_ticket_);
  start();
}

// -- workers ------------------------------------------------------------------

void function_handler_state::start() {
  while (auto which = jobs_->wake())
    send(self_, workers_.at(*which), run_functions{});
  while (jobs_->wants_worker()) {
    refuse_if_stuck();
    if (jobs_->wants_worker() && !add_worker())
      refuse_waiting("there is no thread for a worker");
  }
}

bool function_handler_state::add_worker() {
  auto id = jobs_->add_worker();
  try {
    auto added = make_worker_(
      jobs_, id, caf::actor_cast<function_owning_actor>(self_->ctrl()));
    workers_.emplace(id, added);
    send(self_, added, run_functions{});
  } catch (const std::exception&) {
    jobs_->remove_worker(id); // no thread, or no memory for one
    return false;
  }
  if (jobs_->stuck() > 0)
    ++stats_.replaced_workers;
  return true;
}

// -- what comes of it ---------------------------------------------------------

void function_handler_state::refuse_if_stuck() {
  if (jobs_->stuck() > max_stuck_)
    refuse_waiting("its workers do not return");
}

void function_handler_state::refuse_waiting(const std::string& why) {
  for (auto& x : jobs_->take_waiting()) {
    if (auto found = askers_.extract(x.ticket)) {
      auto& who = found.mapped();
      who.reply.deliver(make_error(errc::handler_stuck, who.handler_key, why));
    } else {
      for_dispatcher_.unbegun.push_back(x.which);
    }
  }
  for_dispatcher_.stuck = true;
  flush();
}

void function_handler_state::return_waiting() {
  for (auto& x : jobs_->take_waiting())
    end(std::move(x));
  flush();
}

void function_handler_state::end(function_jobs::ending&& x) {
  if (auto found = askers_.extract(x.ticket))
    found.mapped().reply.deliver(x.result ? std::move(*x.result)
                                          : failed("canceled before it began"));
  else if (x.result)
    for_dispatcher_.ended.emplace_back(in_place{[&] {
      return handled_event{x.which, std::move(*x.result), x.took, x.commit};
    }});
  else
    for_dispatcher_.unbegun.push_back(x.which);
}

void function_handler_state::flush() {
  auto& x = for_dispatcher_;
  if (!x.ended.empty() || !x.unbegun.empty())
    send(self_, dispatcher_, std::move(x));
  x = {};
}

void function_handler_state::pass_on() {
  auto ended = jobs_->take_ended();
  for_dispatcher_.ended.reserve(ended.size());
  for (auto& x : ended)
    end(std::move(x));
  for (auto which : jobs_->take_surplus())
    retire(which);
  flush();
  start();
  if (!jobs_->is_busy()) {
    watch_.dispose();
    watched_until_ = timespan::max();
  }
}

// -- deadlines ----------------------------------------------------------------

void function_handler_state::expire() {
  auto now = monotonic_now(self_);
  for (auto& x : jobs_->expire_running(now)) {
    if (notifier_)
      send(self_, notifier_,
           error_occurred{make_error(
             errc::handler_stuck, x.handler_key,
             "did not return before its deadline; calls that have not: "
               + std::to_string(jobs_->stuck()))});
    end(std::move(x.end));
  }
  if (jobs_->wants_worker())
    refuse_if_stuck(); // or it would look as if there had only been no time
  jobs_->expire_waiting(now);
  pass_on();
  if (auto next = jobs_->next_expiry(now))
    watch(*next);
}

void function_handler_state::watch(timespan until) {
  if (until >= watched_until_)
    return; // nothing is moved where jobs end: it costs one look too many
  watch_.dispose();
  watched_until_ = until;
  auto left = std::max(until - monotonic_now(self_), timespan{0});
  watch_ = self_->run_delayed(left, [this] {
    watched_until_ = timespan::max();
    expire();
  });
}

function_handler_actor::behavior_type function_handler_state::make_behavior() {
  return {
    [this](handle_event& x) { return handle(x); },
    [this](handle_events& x) { handle_all(x); },
    [this](const return_events&) { return_waiting(); },
    [this](const functions_returned&) { pass_on(); },
    [this](const get_stats&) {
      auto result = stats_;
      result.open_calls = jobs_->open();
      result.stuck_workers = jobs_->stuck();
      return result;
    },
  };
}

handler_actor spawn_handler(caf::actor_system& sys, handler_function f,
                            uint32_t concurrency, uint32_t max_stuck) {
  auto shared = std::make_shared<const handler_function>(std::move(f));
  auto make_worker = [&sys, shared](function_handler_state::jobs_ptr jobs,
                                    function_jobs::worker_id id,
                                    function_owning_actor owner) {
    return function_worker_actor{sys.spawn<function_worker_impl, caf::detached>(
      make_runner(shared), std::move(jobs), id, std::move(owner))};
  };
  return sys.spawn<function_handler_impl>(make_worker, concurrency, max_stuck);
}

} // namespace inbox
