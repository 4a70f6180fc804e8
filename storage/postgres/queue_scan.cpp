#include "queue_scan.hpp"

#include <algorithm>

namespace inbox::postgres {

void queue_scan::rewind() {
  for (auto& entry : places_)
    entry.second.passed = entry.second.next = place{}.passed;
}

queue_scan::place queue_scan::at(route_id of) const {
  auto i = places_.find(of);
  return i != places_.end() ? i->second : place{};
}

event_seq queue_scan::passed(route_id of) const {
  return at(of).passed;
}

void queue_scan::pass(route_id of, event_seq last) {
  auto& [passed, next, width] = places_[of];
  passed = next = std::max(passed, last);
}

void queue_scan::pass_later(route_id of, event_seq last) {
  auto& [passed, next, width] = places_[of];
  passed = std::max(passed, next);
  next = std::max(next, last);
}

uint32_t queue_scan::width(route_id of) const {
  return at(of).width;
}

void queue_scan::took(route_id of, uint32_t rows) {
  if (rows == 0)
    return; // which says nothing of those that come
  auto& width = places_[of].width;
  auto taken = std::min(rows, most_rows);
  auto next = taken < width ? taken + std::max(taken / 4, 2u) : width * 4;
  width = std::clamp(next, fewest_rows, most_rows);
}

} // namespace inbox::postgres
