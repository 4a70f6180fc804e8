#include "inbox_actor.hpp"

#include "caf_compat.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace inbox {

namespace {

/// Calls `next` after the answer to `ask`, be it an error.
template <class Self, class Handle, class Message, class Next>
void ask_then(Self self, const Handle& to, timespan timeout, Message ask,
              Next next) {
  request(self, to, timeout, std::move(ask))
    .then([next] { next(); }, [next](const caf::error&) { next(); });
}

} // namespace

caf::result<drain_report> inbox_state::drain() {
  auto reply = self_->make_response_promise<drain_report>();
  drained_.push_back(reply);
  if (draining_)
    return reply;
  draining_ = true;
  log_->info("drain_began grace={}", caf::deep_to_string(config_.drain_grace));
  // Writes that were accepted still get their receipts; new ones are refused.
  send(self_, writer_, end_duty{});
  // The poller first, so that a claim on its way reaches the dispatcher, which
  // gives it back.
  ask_then(self_, poller_, caf::infinite, end_duty{}, [this] {
    request(self_, dispatcher_, caf::infinite,
            drain_dispatcher{config_.drain_grace})
      .then([this](const drain_report& x) { dispatcher_drained(x); },
            [this](const caf::error&) { dispatcher_drained({}); });
  });
  return reply;
}

void inbox_state::dispatcher_drained(const drain_report& report) {
  // The leases are all over; only now may their renewal end.
  send(self_, renewer_, end_duty{});
  if (retention_)
    send(self_, retention_, end_duty{});
  gather_stats([this, report](const inbox_stats& sum) {
    auto extended = report;
    extended.stuck = sum.open_calls;
    end_writer(extended);
  });
}

void inbox_state::end_writer(const drain_report& report) {
  ask_then(self_, writer_, config_.store.deadline, end_duty{},
           [this, report] { end_listener(report); });
}

void inbox_state::end_listener(const drain_report& report) {
  // It tells others of what this one has left, and then comes back.
  send(self_, waker_, end_duty{});
  send(self_, rescuer_, end_duty{});
  if (listener_)
    ask_then(self_, listener_, config_.store.deadline, end_duty{},
             [this, report] { end_store_workers(report); });
  else
    end_store_workers(report);
}

void inbox_state::end_store_workers(const drain_report& report) {
  auto open = std::make_shared<size_t>(workers_.size());
  for (auto& worker : workers_)
    ask_then(self_, worker, config_.store.deadline, end_duty{},
             [this, report, open] {
               if (--*open == 0)
                 end_notifier(report);
             });
}

void inbox_state::end_notifier(const drain_report& report) {
  // A death that was settled is told, unless a callback hangs.
  ask_then(self_, notifier_, config_.store.deadline, end_duty{},
           [this, report] { end_all(report); });
}

void inbox_state::end_all(const drain_report& report) {
  log_->info("drain_ended finished={} released={} abandoned={} stuck={}",
             report.finished, report.released, report.abandoned, report.stuck);
  for (auto& waiting : drained_)
    waiting.deliver(report);
  for (auto& child : children_) {
    self_->unlink_from(child);
    self_->send_exit(child, caf::exit_reason::user_shutdown);
  }
  self_->quit();
}

} // namespace inbox
