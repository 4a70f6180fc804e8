#include "dispatcher.hpp"

#include "add_once.hpp"
#include "caf_compat.hpp"
#include "in_place.hpp"
#include "joint_work.hpp"
#include "monotonic.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace inbox {

dispatcher_state::attempt*
dispatcher_state::end_run(const lease& which, std::optional<timespan> took) {
  auto i = attempts_.find(which);
  if (i == attempts_.end())
    return nullptr; // given up while draining
  auto& what = i->second;
  if (what.phase == phase::running) {
    what.where->finish(*what.who,
                       took ? *took : monotonic_now(self_) - what.started);
    what.phase = phase::settling;
    finish_leaving();
    return &what;
  }
  if (what.phase == phase::lost) {
    auto where = what.where;
    where->finish_lost(*what.who);
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
  what->who->mark_suspect(std::nullopt);
  conclude(*what, result);
  start(where);
  poke_if_room(); // once it is known how fast the handler is
}

void dispatcher_state::conclude(attempt& what, const outcome& result,
                                retry next, own_commit commit) {
  if (what.canceled && result.verdict == verdict::failed) {
    release(what); // the failure is ours, not the handler's
    return;
  }
  if (draining_)
    ++report_.finished;
  auto end = end_for(what, result, commit);
  auto at_once = next == retry::at_once && end.verdict == verdict::failed;
  if (at_once)
    end.delay = timespan{0};
  settle(what, std::move(end), commit.happened);
  what.lets_next_go = what.lets_next_go || at_once;
}

settlement dispatcher_state::end_for(const attempt& what, const outcome& result,
                                     own_commit commit) {
  if (commit.happened || commit.in_doubt) {
    auto end = end_of(what.delivery.lease, result);
    end.events = result.events;
    end.was_sent = commit.in_doubt;
    return end;
  }
  if (!result.is_joint())
    return config_.policy.settle(what.delivery, result, random_);
  auto checked = with_joint_work(result, what.delivery.event.id,
                                 what.where->handler_key(),
                                 config_.payload_limit);
  auto end = config_.policy.settle(what.delivery, checked, random_);
  end.effects = std::move(checked.effects);
  end.events = std::move(checked.events);
  return end;
}

void dispatcher_state::handled(const handled_events& x) {
  std::vector<lane_ptr> touched;
  ends_.ends.reserve(ends_.ends.size() + x.ended.size() + x.unbegun.size());
  for (auto& end : x.ended)
    if (auto* what = end_run(end.which, end.took)) {
      add_once(touched, what->where);
      conclude(*what, end.result, retry::later, end.commit);
    }
  for (auto& which : x.unbegun)
    if (auto* what = end_run(which)) {
      add_once(touched, what->where);
      release(*what);
    }
  for (auto& where : touched) {
    if (x.stuck)
      is_stuck(where);
    start(where);
  }
  poke_if_room(); // as above
}

void dispatcher_state::is_stuck(const lane_ptr& where) {
  if (auto others = where->stats().running; others > 0)
    limit(where, where->only_handler(), others, config_.handler_timeout);
  else
    suspend(where);
}

void dispatcher_state::settle(attempt& what, settlement&& end,
                              bool is_settled) {
  what.phase = phase::settling;
  auto& x = what.delivery;
  what.lets_next_go = (x.lease.ordered && is_final(end.verdict))
                      || !end.events.empty();
  std::shared_ptr<const delivery_died> obituary;
  if (end.verdict == verdict::dead)
    obituary = std::make_shared<const delivery_died>(
      delivery_died{x.event.id, what.where->stats().event_type,
                    what.where->handler_key(), x.attempt, end.message});
  auto& to = end.is_joint() && !is_settled ? joint_ends_ : ends_;
  to.ends.emplace_back(in_place{[&] {
    return ended_attempt{std::move(end), std::move(obituary), is_settled};
  }});
}

void dispatcher_state::flush() {
  if (!ends_.ends.empty())
    send(self_, completer_, std::exchange(ends_, {}));
  if (!joint_ends_.ends.empty())
    send(self_, joint_completer_, std::exchange(joint_ends_, {}));
}

void dispatcher_state::refused(const refuse_ends& x) {
  for (auto& [which, reason] : x.refused) {
    auto i = attempts_.find(which);
    if (i == attempts_.end() || i->second.phase != phase::settling)
      continue;
    auto& what = i->second;
    settle(what, config_.policy.settle(what.delivery, failed(reason), random_));
  }
  flush();
}

void dispatcher_state::release(attempt& what) {
  if (draining_)
    ++report_.released;
  settle(what, settlement{what.delivery.lease, verdict::released, {}, {}});
}

void dispatcher_state::give_back_queue(const lane_ptr& where) {
  for (auto& which : where->give_back())
    release(attempts_.at(which));
  flush();
  if (where->is_function() && where->stats().running > 0)
    send(self_,
         caf::actor_cast<event_taking_actor>(where->only_handler()->actor()),
         return_events{});
}

void dispatcher_state::ended(const std::vector<lease>& leases) {
  auto next_may_go = false;
  for (auto& which : leases) {
    auto i = attempts_.find(which);
    if (i == attempts_.end())
      continue;
    if (i->second.where)
      i->second.where->settled();
    next_may_go = next_may_go || i->second.lets_next_go;
    forget(i);
  }
  if (next_may_go)
    poke();
  else
    poke_if_room();
  finish_drain();
}

void dispatcher_state::forget(attempt_map::iterator which) {
  bytes_ -= which->second.bytes;
  if (which->second.delivery.perilous)
    perilous_.end();
  attempts_.erase(which);
}

} // namespace inbox
