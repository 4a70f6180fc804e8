#include "queue_scan.hpp"

#include <algorithm>
#include <limits>

namespace inbox::postgres {

namespace {

/// Least time between two claims that read from the beginning.
constexpr auto shortest_pause = std::chrono::milliseconds{250};

/// How often longer than such a claim the time to the next one is.
constexpr auto share = 50;

} // namespace

void queue_scan::begin(clock::time_point now) {
  begun_ = now;
  from_start_ = now >= next_;
  if (from_start_)
    passed_.clear();
}

void queue_scan::end(clock::time_point now) {
  if (from_start_)
    next_ = now
            + std::max<clock::duration>(shortest_pause, share * (now - begun_));
}

event_seq queue_scan::passed(route_id of) const {
  auto i = passed_.find(of);
  return i != passed_.end() ? i->second : std::numeric_limits<event_seq>::min();
}

void queue_scan::pass(route_id of, event_seq last) {
  auto i = passed_.emplace(of, last).first;
  i->second = std::max(i->second, last);
}

} // namespace inbox::postgres
