#include "lane.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// How far ahead to claim, in the time that the handler needs for it.
constexpr timespan horizon = std::chrono::seconds{1};

// How far ahead to hand deliveries to a function handler, likewise: so that its
// workers need not wait for the next one. What they do not get to is given back
// when the inbox ends.
constexpr timespan handed_ahead = std::chrono::milliseconds{5};

// Waiting deliveries per worker while the handler's speed is unknown.
constexpr uint32_t first_guess = 4;

} // namespace

lane::lane(const serve_route& x, uint32_t max_in_flight)
  : handler_{x.handler},
    concurrency_{std::max(x.concurrency, 1u)},
    allowed_{concurrency_},
    max_in_flight_{max_in_flight},
    is_function_{x.is_function} {
  stats_.event_type = x.event_type;
  stats_.handler_key = x.handler_key;
}

uint64_t lane::within(timespan duration) const {
  return static_cast<uint64_t>(duration / average_) * allowed_;
}

uint64_t lane::window() const {
  if (!is_function_ || average_.count() == 0)
    return allowed_;
  return std::min<uint64_t>(allowed_ + within(handed_ahead), max_in_flight_);
}

uint32_t lane::in_flight() const {
  return stats_.queued + stats_.running + stats_.settling;
}

void lane::enqueue(const lease& x) {
  queue_.push_back(x);
  ++stats_.queued;
}

size_t lane::startable() const {
  auto most = stats_.stuck ? 0 : window();
  return most > stats_.running
           ? std::min<size_t>(queue_.size(), most - stats_.running)
           : 0;
}

bool lane::start_next(lease& x) {
  if (startable() == 0)
    return false;
  x = queue_.front();
  queue_.pop_front();
  --stats_.queued;
  ++stats_.running;
  return true;
}

void lane::finish(timespan duration) {
  --stats_.running;
  ++stats_.settling;
  probing_ = false;
  // At least a microsecond, so that "known to be fast" differs from "unknown".
  auto sample = std::max<timespan>(duration, std::chrono::microseconds{1});
  average_ = average_.count() == 0 ? sample : (average_ * 7 + sample) / 8;
}

void lane::finish_lost() {
  --stats_.running;
}

void lane::drop(const lease& x) {
  auto i = std::find(queue_.begin(), queue_.end(), x);
  if (i != queue_.end()) {
    queue_.erase(i);
    --stats_.queued;
  }
}

std::deque<lease> lane::give_back() {
  stats_.settling += stats_.queued;
  stats_.queued = 0;
  return std::exchange(queue_, {});
}

void lane::give_back(const lease& x) {
  drop(x);
  ++stats_.settling;
}

void lane::settled() {
  --stats_.settling;
}

uint32_t lane::wanted() const {
  if (probing_)
    return 1;
  uint64_t ahead = uint64_t{allowed_} * first_guess;
  if (average_.count() > 0)
    ahead = std::max<uint64_t>(allowed_, within(horizon));
  return static_cast<uint32_t>(
    std::min<uint64_t>(allowed_ + ahead, max_in_flight_));
}

uint32_t lane::room() const {
  auto want = wanted();
  auto have = in_flight();
  if (stats_.stuck || have >= want)
    return 0;
  auto free = want - have;
  return free * 2 >= want ? free : 0;
}

void lane::limit(uint32_t most) {
  allowed_ = std::min(most, concurrency_);
}

void lane::limit() {
  allowed_ = concurrency_;
}

void lane::mark_stuck(bool value) {
  stats_.stuck = value;
  probing_ = !value;
}

} // namespace inbox
