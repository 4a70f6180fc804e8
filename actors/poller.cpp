#include "poller.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// What the store can send well within its deadline.
constexpr uint64_t most_claimed_bytes = 16 * 1024 * 1024;

// After failures in a row: the first pause, doubled each time, and the last.
constexpr timespan first_rest = std::chrono::milliseconds{10};
constexpr timespan longest_rest = std::chrono::seconds{1};

// Events that are given to a new handler key in one transaction.
constexpr uint32_t routing_batch = 1000;

// Between two claims that look through all: the least pause, and how often
// longer it is than the first one took.
constexpr timespan shortest_read_on = std::chrono::milliseconds{250};
constexpr auto read_on_share = 50;

/// Tells whether the claim took all that was asked for, of any route or in
/// sum, so that there may be more.
bool filled(const claim_deliveries& asked, const claimed_deliveries& got) {
  if (got.more || got.size() >= asked.limit)
    return true;
  // Others of the kind may have stood in the way.
  if (std::any_of(got.claimed.begin(), got.claimed.end(),
                  [](auto& x) { return x.perilous; }))
    return true;
  std::map<route_id, size_t> per_route;
  for (auto& x : got.claimed)
    ++per_route[x.lease.route];
  for (auto& x : got.buried)
    ++per_route[x.route];
  return std::any_of(asked.demand.begin(), asked.demand.end(),
                     [&](const route_demand& x) {
                       return per_route[x.route] >= x.room;
                     });
}

} // namespace

poller_state::poller_state(poller_actor::pointer self,
                           dispatching_actor dispatcher, claiming_store store,
                           observer_actor notifier, settings config)
  : self_{self},
    dispatcher_{std::move(dispatcher)},
    store_{std::move(store)},
    notifier_{std::move(notifier)},
    config_{config},
    random_{config.random_seed} {
  // nop
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
  request(self_, dispatcher_, caf::infinite, get_demand{})
    .then([this](current_demand& room) { route(std::move(room)); },
          [this](const caf::error&) { finish_round(false); });
}

void poller_state::route(current_demand room) {
  keep_lent(room);
  // Events may have been kept for a handler that has come.
  std::set<route_id> now{room.routes.begin(), room.routes.end()};
  routing_due_ = routing_due_
                 || !std::includes(routes_.begin(), routes_.end(), now.begin(),
                                   now.end());
  routes_ = std::move(now);
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
  request(self_, store_, caf::infinite,
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

void poller_state::claim(current_demand room, bool looks_for_kept) {
  if (ending_ || room.demand.empty()) {
    finish_round(false);
    return;
  }
  uint64_t sum = 0;
  for (auto& x : room.demand)
    sum += x.room;
  claim_deliveries asked;
  asked.owner = config_.owner;
  asked.demand = room.demand;
  asked.limit
    = static_cast<uint32_t>(std::min<uint64_t>(sum, config_.batch_size));
  asked.lease_duration = config_.lease_duration;
  asked.max_attempts = config_.max_attempts;
  asked.max_bytes = std::min(room.bytes, most_claimed_bytes);
  asked.max_perilous = room.perilous;
  asked.look_first = by_clock_;
  auto now = monotonic_now(self_);
  asked.read_on = !by_clock_ && now < read_on_until_;
  auto trusted_until = now + trust_in(config_.lease_duration);
  request(self_, store_, caf::infinite, asked)
    .then(
      [this, asked, now, trusted_until,
       looks_for_kept](claimed_deliveries& reply) {
        if (looks_for_kept) {
          routing_due_ = reply.may_route;
          poked_ = poked_ || routing_due_;
        }
        if (asked.read_on)
          look_through_later();
        else
          has_looked_through(now);
        claimed(asked, reply, trusted_until);
      },
      [this](const caf::error&) { fail_round(); });
}

void poller_state::claimed(const claim_deliveries& asked,
                           claimed_deliveries& reply, timespan trusted_until) {
  stats_.claimed += reply.claimed.size();
  stats_.dead += reply.buried.size();
  for (auto& x : reply.buried)
    send(self_, notifier_,
         delivery_died{x.event_id, x.event_type, x.handler_key, x.attempts,
                       x.message});
  failures_ = 0;
  // What is buried may have held up others of its ordering key.
  auto again = filled(asked, reply) || !reply.buried.empty();
  drained_ = !again;
  if (!reply.claimed.empty())
    send(self_, dispatcher_,
         dispatch_deliveries{std::move(reply.claimed), trusted_until});
  finish_round(again);
}

void poller_state::has_looked_through(timespan asked_at) {
  auto now = monotonic_now(self_);
  auto pause = std::max(shortest_read_on, read_on_share * (now - asked_at));
  read_on_until_ = now + pause;
  has_read_on_ = false;
}

void poller_state::look_through_later() {
  has_read_on_ = true;
  if (look_pending_)
    return;
  look_pending_ = true;
  auto left = std::max(read_on_until_ - monotonic_now(self_), timespan{0});
  look_ = self_->run_delayed(left, [this] {
    look_pending_ = false;
    if (has_read_on_ && !polling_ && !resting_)
      poll_by_clock();
  });
}

void poller_state::fail_round() {
  drained_ = false;
  // Writes may go on while claims fail, and each of them pokes.
  if (++failures_ > 1 && !ending_) {
    resting_ = true;
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
  polling_ = false;
  if (ending_) {
    if (lent_)
      return; // what it is for is to reach the dispatcher
    for (auto& waiting : ended_)
      waiting.deliver();
    ended_.clear();
  } else if ((again || poked_) && !resting_) {
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
