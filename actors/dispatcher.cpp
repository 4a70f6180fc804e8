#include "dispatcher.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

std::string explain(const caf::error& err, timespan timeout) {
  if (err == caf::sec::request_timeout)
    return "no answer within the deadline of " + caf::deep_to_string(timeout);
  if (err == caf::sec::request_receiver_down)
    return "the handler actor has ended";
  if (err == caf::sec::broken_promise)
    return "the handler actor dropped the request without an answer";
  if (err == caf::sec::unexpected_response)
    return "the handler actor answered something else than an outcome";
  return describe(err);
}

} // namespace

dispatcher_state::dispatcher_state(dispatcher_actor::pointer self,
                                   completing_actor completer, settings config)
  : self_{self},
    completer_{std::move(completer)},
    config_{config},
    random_{config.random_seed} {
  // nop
}

// -- the way of an attempt ----------------------------------------------------

void dispatcher_state::dispatch(std::vector<claimed_delivery>& deliveries) {
  for (auto& delivery : deliveries) {
    auto which = delivery.lease;
    auto i = lanes_.find(which.route);
    attempt added;
    added.delivery = std::move(delivery);
    auto& stored = attempts_.emplace(which, std::move(added)).first->second;
    if (i == lanes_.end() || draining_ || i->second->stats().stuck) {
      release(stored);
      continue;
    }
    stored.where = i->second;
    stored.where->enqueue(which);
    start(stored.where);
  }
}

void dispatcher_state::start(const lane_ptr& where) {
  lease next;
  while (where->start_next(next))
    run(attempts_.at(next));
}

void dispatcher_state::run(attempt& what) {
  what.phase = phase::running;
  what.started = self_->clock().now();
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
    what.where->finish(self_->clock().now() - what.started);
    what.phase = phase::settling;
    finish_leaving();
    return &what;
  }
  if (what.phase == phase::lost) {
    auto where = what.where;
    where->finish_lost();
    attempts_.erase(i);
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
  if (draining_)
    ++report_.finished;
  auto where = what->where;
  settle(*what, config_.policy.settle(what->delivery, result, random_));
  start(where);
}

void dispatcher_state::failed_to_run(const lease& which,
                                     const caf::error& err) {
  auto i = attempts_.find(which);
  if (i == attempts_.end())
    return; // given up while draining
  auto where = i->second.where;
  auto is_gone = err == caf::sec::request_receiver_down;
  if (code_of(err) == errc::handler_stuck || (is_gone && !where->probing())) {
    // It was not begun, so it does not count. A handler that is still gone when
    // it is tried again has failed, though, or that would go on for ever.
    if (auto* what = end_run(which))
      release(*what);
    suspend(where);
    return;
  }
  i->second.cancellation.request();
  if (is_gone)
    suspend(where);
  ran(which, failed(explain(err, config_.handler_timeout)));
}

void dispatcher_state::settle(attempt& what, settlement end) {
  what.phase = phase::settling;
  auto& x = what.delivery;
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

void dispatcher_state::lost(const std::vector<lease>& leases) {
  for (auto& which : leases) {
    auto i = attempts_.find(which);
    if (i == attempts_.end())
      continue;
    auto& what = i->second;
    if (what.phase == phase::running) {
      // Its slot stays taken until the handler answers or its deadline is over.
      what.cancellation.request();
      what.phase = phase::lost;
      ++stats_.lost;
    } else if (what.phase == phase::queued) {
      what.where->drop(which);
      attempts_.erase(i);
      ++stats_.lost;
    }
  }
  poke_if_room();
  finish_drain();
}

void dispatcher_state::ended(const std::vector<lease>& leases) {
  for (auto& which : leases) {
    auto i = attempts_.find(which);
    if (i == attempts_.end())
      continue;
    if (i->second.where)
      i->second.where->settled();
    attempts_.erase(i);
  }
  poke_if_room();
  finish_drain();
}

dispatcher_actor::behavior_type dispatcher_state::make_behavior() {
  return {
    [this](const get_demand&) { return demand(); },
    [this](dispatch_deliveries& x) { dispatch(x.deliveries); },
    [this](const end_leases& x) { ended(x.leases); },
    [this](const get_leases&) {
      held_leases held;
      for (auto& [which, what] : attempts_)
        if (what.phase != phase::lost)
          held.leases.push_back(which);
      return held;
    },
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
