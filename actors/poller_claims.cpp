#include "poller.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// What the store can send well within its deadline.
constexpr uint64_t most_claimed_bytes = 16 * 1024 * 1024;

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

void poller_state::claim(current_demand room, bool looks_for_kept) {
  if (ending_ || room.demand.empty()) {
    finish_round(false);
    return;
  }
  claim_deliveries asked;
  asked.owner = config_.owner;
  asked.demand = room.demand;
  asked.limit = static_cast<uint32_t>(
    std::min<uint64_t>(sum_of(room.demand), config_.batch_size));
  asked.lease_duration = config_.lease_duration;
  asked.max_attempts = config_.max_attempts;
  asked.max_bytes = std::min(room.bytes, most_claimed_bytes);
  asked.max_perilous = room.perilous;
  asked.look_first = by_clock_;
  auto now = monotonic_now(self_);
  // One of two at a time is enough.
  asked.read_on = !by_clock_ && (now < read_on_until_ || looks_through_);
  looks_through_ = looks_through_ || !asked.read_on;
  auto trusted_until = now + trust_in(config_.lease_duration);
  auto which = *idle_.begin();
  idle_.erase(which);
  room_.reserve(asked);
  again_ = false;
  auto ended = [this, asked, which] {
    idle_.insert(which);
    room_.release(asked);
    looks_through_ = looks_through_ && asked.read_on;
  };
  request(self_, stores_[which], caf::infinite, asked)
    .then(
      [this, asked, now, trusted_until, looks_for_kept,
       ended](claimed_deliveries& reply) {
        ended();
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
      [this, ended](const caf::error&) {
        ended();
        fail_round();
      });
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
  room_.spend(reply.claimed);
  if (!reply.claimed.empty())
    send(self_, dispatcher_,
         dispatch_deliveries{std::move(reply.claimed), trusted_until});
  if (again && !routing_due_ && !resting_ && !ending_)
    go_on();
  else
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

} // namespace inbox
