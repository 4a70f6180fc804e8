#include "poller.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// After failures in a row: the first pause, doubled each time, and the last.
constexpr timespan first_rest = std::chrono::milliseconds{10};
constexpr timespan longest_rest = std::chrono::seconds{1};

// Events that are given to a new handler key in one transaction.
constexpr uint32_t routing_batch = 1000;

} // namespace

poller_state::poller_state(poller_actor::pointer self,
                           dispatching_actor dispatcher,
                           std::vector<claiming_store> stores,
                           observer_actor notifier, settings config)
  : self_{self},
    dispatcher_{std::move(dispatcher)},
    stores_{std::move(stores)},
    notifier_{std::move(notifier)},
    config_{config},
    random_{config.random_seed} {
  for (size_t i = 0; i < stores_.size(); ++i)
    idle_.insert(i);
}

void poller_state::schedule() {
  std::uniform_int_distribution<timespan::rep> jitter{
    0, config_.iteration_jitter.count()};
  auto pause = config_.iteration_rate + timespan{jitter(random_)};
  next_ = self_->run_delayed(pause, [this] {
    routing_due_ = true;
    poll_by_clock();
    schedule();
  });
}

void poller_state::poll_by_clock() {
  auto is_awake = polling_ || resting_;
  poll();
  by_clock_ = !is_awake;
}

void poller_state::poll() {
  if (ending_)
    return;
  if (polling_ || resting_) {
    poked_ = true;
    return;
  }
  polling_ = true;
  poked_ = false;
  by_clock_ = false;
  waits_ = waits::to_begin;
  ask_for_room();
}

void poller_state::route(current_demand room) {
  if (!routing_due_ || room.routes.empty()) {
    claim(std::move(room), false);
    return;
  }
  // A claim for all of them can look for these as well.
  if (by_clock_ && room.demand.size() == room.routes.size()) {
    claim(std::move(room), true);
    return;
  }
  routing_due_ = false;
  request(self_, stores_.front(), caf::infinite,
          route_events{room.routes, routing_batch})
    .then(
      [this, room](const routed_events& reply) {
        if (reply.events == routing_batch) {
          routing_due_ = true;
          poked_ = true; // there may be more
        }
        claim(room, false);
      },
      [this, room](const caf::error& err) {
        routing_due_ = true;
        // What the store cannot do for kept events, say in time, must not hold
        // up all others for ever.
        if (code_of(err) == errc::connection_lost)
          fail_round();
        else
          claim(room, false);
      });
}

void poller_state::fail_round() {
  drained_ = false;
  // Writes may go on while claims fail, and each of them pokes.
  if (++failures_ > 1 && !ending_) {
    resting_ = true;
    rest_.dispose(); // of two claims that fail at once, the later one counts
    auto pause = std::min(first_rest * (1 << std::min(failures_ - 2, 10)),
                          longest_rest);
    rest_ = self_->run_delayed(pause, [this] {
      resting_ = false;
      if (poked_)
        poll();
    });
  }
  finish_round(false);
}

void poller_state::finish_round(bool again) {
  again_ = again_ || again;
  if (idle_.size() < stores_.size())
    return; // the last claim will
  poked_ = std::exchange(again_, false) || poked_;
  waits_ = waits::no;
  polling_ = false;
  if (ending_) {
    if (lent_)
      return; // what it is for is to reach the dispatcher
    for (auto& waiting : ended_)
      waiting.deliver();
    ended_.clear();
  } else if (poked_ && !resting_) {
    poll();
  }
}

poller_actor::behavior_type poller_state::make_behavior() {
  schedule();
  return {
    [this](const poke_poller&) { poll(); },
    [this](const borrow_room&) { return lend(); },
    [this](return_room& x) { get_back(x); },
    [this](const get_stats&) { return stats_; },
    [this](const end_duty&) -> caf::result<void> {
      ending_ = true;
      next_.dispose();
      rest_.dispose();
      look_.dispose();
      auto reply = self_->make_response_promise<void>();
      ended_.push_back(reply);
      if (!polling_)
        finish_round(false);
      return reply;
    },
  };
}

} // namespace inbox
