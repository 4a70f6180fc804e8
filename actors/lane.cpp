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
  : handlers_{std::make_shared<lane_handler>(x.handler, x.concurrency)},
    max_in_flight_{max_in_flight},
    is_function_{x.is_function},
    shared_{x.shared} {
  stats_.event_type = x.event_type;
  stats_.handler_key = x.handler_key;
}

// -- who handles it -----------------------------------------------------------

lane_handler_ptr lane::find(const caf::actor& handler) const {
  auto i = std::find_if(handlers_.begin(), handlers_.end(),
                        [&](auto& who) { return who->actor() == handler; });
  return i != handlers_.end() ? *i : nullptr;
}

bool lane::add(const serve_route& x) {
  if (!shared_ || !x.shared || x.event_type != stats_.event_type
      || x.handler_key != stats_.handler_key)
    return false;
  if (auto who = find(x.handler)) {
    who->set_concurrency(x.concurrency);
  } else {
    handlers_.push_back(
      std::make_shared<lane_handler>(x.handler, x.concurrency));
    ++stats_.handlers;
  }
  return true;
}

bool lane::remove(const lane_handler_ptr& who) {
  if (handlers_.size() == 1)
    return false;
  handlers_.erase(std::find(handlers_.begin(), handlers_.end(), who));
  --stats_.handlers;
  return true;
}

uint32_t lane::allowed() const {
  uint32_t result = 0;
  for (auto& who : handlers_)
    result += who->allowed();
  return result;
}

// -- the way of a delivery ----------------------------------------------------

uint64_t lane::within(timespan duration) const {
  return static_cast<uint64_t>(duration / average_) * allowed();
}

uint64_t lane::room_of(const lane_handler& who) const {
  if (stats_.stuck)
    return 0;
  uint64_t most = who.allowed();
  if (is_function_ && average_.count() > 0)
    most = std::min<uint64_t>(most + within(handed_ahead), max_in_flight_);
  return most > who.running() ? most - who.running() : 0;
}

uint32_t lane::in_flight() const {
  return stats_.queued + stats_.running + stats_.settling;
}

void lane::enqueue(const lease& x) {
  queue_.push_back(x);
  ++stats_.queued;
}

size_t lane::startable() const {
  uint64_t room = 0;
  for (auto& who : handlers_)
    room += room_of(*who);
  return std::min<uint64_t>(queue_.size(), room);
}

lane_handler_ptr lane::start_next(lease& x) {
  if (queue_.empty())
    return nullptr;
  lane_handler_ptr result;
  uint64_t most = 0;
  for (auto& who : handlers_)
    if (auto room = room_of(*who); room > most) {
      result = who;
      most = room;
    }
  if (result == nullptr)
    return nullptr;
  x = queue_.front();
  queue_.pop_front();
  --stats_.queued;
  ++stats_.running;
  result->begin();
  return result;
}

void lane::finish(lane_handler& who, timespan duration) {
  who.end();
  --stats_.running;
  ++stats_.settling;
  probing_ = false;
  // At least a microsecond, so that "known to be fast" differs from "unknown".
  auto sample = std::max<timespan>(duration, std::chrono::microseconds{1});
  average_ = average_.count() == 0 ? sample : (average_ * 7 + sample) / 8;
}

void lane::finish_lost(lane_handler& who) {
  who.end();
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
  uint64_t running = allowed();
  auto ahead = running * first_guess;
  if (average_.count() > 0)
    ahead = std::max(running, within(horizon));
  return static_cast<uint32_t>(
    std::min<uint64_t>(running + ahead, max_in_flight_));
}

uint32_t lane::room() const {
  auto want = wanted();
  auto have = in_flight();
  if (stats_.stuck || have >= want)
    return 0;
  auto free = want - have;
  return free * 2 >= want ? free : 0;
}

void lane::mark_stuck(bool value) {
  stats_.stuck = value;
  probing_ = !value;
}

} // namespace inbox
