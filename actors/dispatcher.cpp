#include "dispatcher.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// By then the inbox has heard of the end of a handler actor.
constexpr timespan death_notice = std::chrono::milliseconds{100};

std::string explain(const caf::error& err, timespan timeout) {
  if (err == caf::sec::request_timeout)
    return "no answer within the deadline of " + caf::deep_to_string(timeout);
  if (err == caf::sec::broken_promise)
    return "the handler actor dropped the request without an answer";
  if (err == caf::sec::unexpected_response)
    return "the handler actor answered something else than an outcome";
  return describe(err);
}

} // namespace

dispatcher_state::dispatcher_state(dispatcher_actor::pointer self,
                                   completing_actor completer,
                                   observer_actor notifier, settings config)
  : self_{self},
    completer_{std::move(completer)},
    notifier_{std::move(notifier)},
    config_{config},
    random_{config.random_seed} {
  // nop
}

// -- the way of an attempt ----------------------------------------------------

void dispatcher_state::dispatch(dispatch_deliveries& x) {
  for (auto& delivery : x.deliveries) {
    auto which = delivery.lease;
    auto i = lanes_.find(which.route);
    attempt added;
    bytes_ += delivery.event.payload.size();
    perilous_ += delivery.perilous ? 1 : 0;
    added.delivery = std::move(delivery);
    added.trusted_until = x.trusted_until;
    auto& stored = attempts_.emplace(which, std::move(added)).first->second;
    // A number can have another meaning once another database is in the place
    // of this one; the inbox will hear of it.
    if (i == lanes_.end() || draining_ || i->second->stats().stuck
        || i->second->stats().event_type != stored.delivery.event.type) {
      release(stored);
      continue;
    }
    stored.where = i->second;
    stored.where->enqueue(which);
    start(stored.where);
  }
  watch_leases();
}

void dispatcher_state::start(const lane_ptr& where) {
  auto now = monotonic_now(self_);
  size_t too_old = 0;
  lease next;
  while (where->start_next(next)) {
    auto& what = attempts_.at(next);
    if (now < what.trusted_until) {
      run(what);
    } else {
      // The claim's answer, or its turn here, came too late: after a standstill
      // of this process, say. Somebody else may have it by now.
      where->finish_lost();
      where->give_back(next);
      release(what);
      ++too_old;
    }
  }
  if (too_old > 0)
    report_lost(too_old, "not begun: the lease was too old");
}

void dispatcher_state::run(attempt& what) {
  what.phase = phase::running;
  what.started = monotonic_now(self_);
  handle_event ask;
  ask.event = what.delivery.event;
  ask.handler_key = what.where->handler_key();
  ask.attempt = what.delivery.attempt;
  ask.max_attempts = config_.policy.max_attempts;
  ask.timeout = config_.handler_timeout;
  ask.cancellation = what.cancellation;
  auto handler = caf::actor_cast<handler_actor>(what.where->handler());
  request(self_, handler, config_.handler_timeout, std::move(ask))
    .then([this, which = what.delivery.lease](
            const outcome& result) { ran(which, result); },
          [this, which = what.delivery.lease](const caf::error& err) {
            failed_to_run(which, err);
          });
}

dispatcher_state::attempt* dispatcher_state::end_run(const lease& which) {
  auto i = attempts_.find(which);
  if (i == attempts_.end())
    return nullptr; // given up while draining
  auto& what = i->second;
  if (what.phase == phase::running) {
    what.where->finish(monotonic_now(self_) - what.started);
    what.phase = phase::settling;
    finish_leaving();
    return &what;
  }
  if (what.phase == phase::lost) {
    auto where = what.where;
    where->finish_lost();
    forget(i);
    start(where);
    finish_leaving();
    poke_if_room();
    finish_drain();
  }
  return nullptr;
}

void dispatcher_state::ran(const lease& which, const outcome& result) {
  auto* what = end_run(which);
  if (what == nullptr)
    return;
  auto where = what->where;
  where->mark_suspect(std::nullopt);
  if (what->canceled && result.verdict == verdict::failed) {
    release(*what); // the failure is ours, not the handler's
  } else {
    if (draining_)
      ++report_.finished;
    settle(*what, config_.policy.settle(what->delivery, result, random_));
  }
  start(where);
}

void dispatcher_state::failed_to_run(const lease& which,
                                     const caf::error& err) {
  auto i = attempts_.find(which);
  if (i == attempts_.end())
    return; // given up while draining
  auto where = i->second.where;
  if (code_of(err) == errc::handler_stuck) {
    // It was not begun, so it does not count.
    if (auto* what = end_run(which))
      release(*what);
    if (auto others = where->stats().running; others > 0)
      limit(where, others, config_.handler_timeout);
    else
      suspend(where);
    return;
  }
  if (err == caf::sec::request_receiver_down) {
    handler_is_gone(which, where);
    return;
  }
  i->second.cancellation.request();
  ran(which, failed(explain(err, config_.handler_timeout)));
}

void dispatcher_state::handler_is_gone(const lease& which,
                                       const lane_ptr& where) {
  // What waits would end as fast as this one, until the inbox hears of the end
  // of the handler and takes it away.
  limit(where, 0, death_notice);
  // A local actor answers like that to all that it had not begun. An actor on
  // another node may have begun it, and may have ended because of it. Nor is it
  // the end if the actor takes more after that: it passes on somebody else's
  // error.
  auto is_local = where->handler().node() == self_->node();
  auto since = where->suspect_since().value_or(monotonic_now(self_));
  if (is_local && attempts_.at(which).started <= since) {
    if (auto* what = end_run(which))
      release(*what);
  } else {
    ran(which, failed("the handler actor has ended"));
  }
  where->mark_suspect(since);
}

void dispatcher_state::settle(attempt& what, settlement end) {
  what.phase = phase::settling;
  auto& x = what.delivery;
  what.lets_next_go = x.lease.ordered && is_final(end.verdict);
  delivery_died obituary;
  if (end.verdict == verdict::dead) {
    obituary.event_id = x.event.id;
    obituary.event_type = x.event.type;
    obituary.handler_key = what.where ? what.where->handler_key()
                                      : std::string{};
    obituary.attempts = x.attempt;
    obituary.message = end.message;
  }
  send(self_, completer_, settle_delivery{std::move(end), std::move(obituary)});
}

void dispatcher_state::release(attempt& what) {
  if (draining_)
    ++report_.released;
  settle(what, settlement{what.delivery.lease, verdict::released, {}, {}});
}

void dispatcher_state::give_back_queue(const lane_ptr& where) {
  for (auto& which : where->give_back())
    release(attempts_.at(which));
}

void dispatcher_state::ended(const std::vector<lease>& leases) {
  auto next_may_go = false;
  for (auto& which : leases) {
    auto i = attempts_.find(which);
    if (i == attempts_.end())
      continue;
    if (i->second.where)
      i->second.where->settled();
    next_may_go = next_may_go || i->second.lets_next_go
                  || i->second.delivery.perilous;
    forget(i);
  }
  if (next_may_go)
    poke();
  else
    poke_if_room();
  finish_drain();
}

void dispatcher_state::forget(attempt_map::iterator which) {
  bytes_ -= which->second.delivery.event.payload.size();
  perilous_ -= which->second.delivery.perilous ? 1 : 0;
  attempts_.erase(which);
}

dispatcher_actor::behavior_type dispatcher_state::make_behavior() {
  return {
    [this](const get_demand&) { return demand(); },
    [this](dispatch_deliveries& x) { dispatch(x); },
    [this](const end_leases& x) { ended(x.leases); },
    [this](const get_leases&) { return held(); },
    [this](const extend_leases& x) { extended(x); },
    [this](const lose_leases& x) { lost(x.leases); },
    [this](const serve_route& x) { serve(x); },
    [this](const leave_route& x) { return leave(x.route); },
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
