#include "dispatcher.hpp"

#include "add_once.hpp"
#include "caf_compat.hpp"
#include "in_place.hpp"
#include "monotonic.hpp"

#include <utility>

namespace inbox {

dispatcher_state::dispatcher_state(dispatcher_actor::pointer self,
                                   completing_actor completer,
                                   completing_actor joint_completer,
                                   observer_actor notifier, settings config)
  : self_{self},
    completer_{std::move(completer)},
    joint_completer_{std::move(joint_completer)},
    notifier_{std::move(notifier)},
    config_{config},
    random_{config.random_seed} {
  // nop
}

// -- how attempts begin -------------------------------------------------------

void dispatcher_state::dispatch(dispatch_deliveries& x) {
  std::vector<lane_ptr> touched;
  for (auto& delivery : x.deliveries) {
    auto which = delivery.lease;
    auto i = lanes_.find(which.route);
    auto bytes = delivery.event.payload.size();
    bytes_ += bytes;
    if (delivery.perilous)
      perilous_.begin();
    auto make = [&] {
      return attempt{std::move(delivery), bytes, flags_.next(),
                     x.trusted_until};
    };
    auto& stored = attempts_.try_emplace(which, in_place{make}).first->second;
    // A number can have another meaning once another database is in the place
    // of this one; the inbox will hear of it.
    if (i == lanes_.end() || draining_ || i->second->stats().stuck
        || i->second->stats().event_type != stored.delivery.event.type) {
      release(stored);
      continue;
    }
    stored.where = i->second;
    stored.where->enqueue(which);
    add_once(touched, stored.where);
  }
  for (auto& where : touched)
    start(where);
  flush();
  if (!touched.empty())
    watch_leases(x.trusted_until);
}

void dispatcher_state::start(const lane_ptr& where) {
  auto now = monotonic_now(self_);
  size_t too_old = 0;
  handle_events together;
  if (where->is_function())
    together.jobs.reserve(where->startable());
  lease next;
  while (auto who = where->start_next(next)) {
    auto& what = attempts_.at(next);
    if (now >= what.trusted_until) {
      // The claim's answer, or its turn here, came too late: after a standstill
      // of this process, say. Somebody else may have it by now.
      where->finish_lost(*who);
      where->give_back(next);
      release(what);
      ++too_old;
      continue;
    }
    what.phase = phase::running;
    what.who = std::move(who);
    what.started = now;
    if (where->is_function())
      together.jobs.emplace_back(in_place{[&] {
        return function_job{next, request_for(what), what.trusted_until};
      }});
    else
      run(what);
  }
  if (!together.jobs.empty())
    send(self_,
         caf::actor_cast<event_taking_actor>(where->only_handler()->actor()),
         std::move(together));
  flush();
  if (too_old > 0)
    report_lost(too_old, "not begun: the lease was too old");
}

handle_event dispatcher_state::request_for(attempt& what) const {
  return {std::move(what.delivery.event), what.where->handler_key(),
          what.delivery.attempt,          config_.policy.max_attempts,
          config_.handler_timeout,        what.cancellation};
}

void dispatcher_state::run(attempt& what) {
  auto handler = caf::actor_cast<handler_actor>(what.who->actor());
  request(self_, handler, config_.handler_timeout, request_for(what))
    .then([this, which = what.delivery.lease](
            const outcome& result) { ran(which, result); },
          [this, which = what.delivery.lease](const caf::error& err) {
            failed_to_run(which, err);
          });
}

dispatcher_actor::behavior_type dispatcher_state::make_behavior() {
  return {
    [this](const get_demand&) { return demand(); },
    [this](dispatch_deliveries& x) { dispatch(x); },
    [this](const end_leases& x) { ended(x.leases); },
    [this](const refuse_ends& x) { refused(x); },
    [this](const get_leases&) { return held(); },
    [this](const extend_leases& x) { extended(x); },
    [this](const lose_leases& x) { lost(x.leases); },
    [this](const handled_events& x) { handled(x); },
    [this](const serve_route& x) { serve(x); },
    [this](const leave_route& x) { return leave(x); },
    [this](const handler_down& x) { handler_ended(x.handler); },
    [this](const get_stats&) {
      auto result = stats_;
      for (auto& entry : lanes_)
        result.lanes.push_back(entry.second->stats());
      return result;
    },
    [this](const drain_dispatcher& x) { return drain(x.grace); },
  };
}

} // namespace inbox
