#include "dispatcher.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

caf::result<drain_report> dispatcher_state::drain(timespan grace) {
  auto reply = self_->make_response_promise<drain_report>();
  drained_.push_back(reply);
  if (!draining_) {
    draining_ = true;
    drain_began_ = monotonic_now(self_);
    for (auto& entry : lanes_)
      give_back_queue(entry.second);
    self_->run_delayed(grace, [this] { cancel_running(); });
  }
  finish_drain();
  return reply;
}

void dispatcher_state::cancel_running() {
  for (auto& entry : attempts_)
    if (entry.second.phase == phase::running)
      cancel(entry.second);
  self_->run_delayed(config_.cancel_patience, [this] { give_back_running(); });
}

void dispatcher_state::give_back_running() {
  auto now = monotonic_now(self_);
  for (auto& entry : attempts_) {
    auto& what = entry.second;
    if (what.phase != phase::running)
      continue;
    // It is at it still. Settling it here makes its later answer void, and
    // nobody else gets it before its deadline is over. A function may have
    // begun later than it was given the delivery, but then it was before the
    // draining, when it gave back what it had not begun.
    what.where->finish(*what.who, now - what.started);
    ++report_.released;
    auto begun = what.where->is_function() ? drain_began_ : what.started;
    auto rest = begun + config_.handler_timeout - now;
    settle(what, settlement{what.delivery.lease,
                            verdict::snoozed,
                            std::max(rest, timespan{0}),
                            {}});
  }
  flush();
  finish_leaving();
  // The store may be away; then the leases have to expire by themselves.
  self_->run_delayed(config_.settle_timeout, [this] {
    for (auto& entry : attempts_)
      if (entry.second.phase == phase::settling)
        ++report_.abandoned;
    attempts_.clear();
    bytes_ = 0;
    finish_drain();
  });
}

void dispatcher_state::finish_drain() {
  if (!draining_ || drained_.empty())
    return;
  // Attempts whose lease was lost owe nobody anything.
  for (auto& entry : attempts_)
    if (entry.second.phase != phase::lost)
      return;
  for (auto& waiting : drained_)
    waiting.deliver(report_);
  drained_.clear();
}

} // namespace inbox
