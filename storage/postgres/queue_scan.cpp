#include "queue_scan.hpp"

#include <algorithm>
#include <limits>

namespace inbox::postgres {

void queue_scan::rewind() {
  passed_.clear();
}

event_seq queue_scan::passed(route_id of) const {
  auto i = passed_.find(of);
  return i != passed_.end() ? i->second : std::numeric_limits<event_seq>::min();
}

void queue_scan::pass(route_id of, event_seq last) {
  auto i = passed_.emplace(of, last).first;
  i->second = std::max(i->second, last);
}

void queue_scan::took(uint32_t rows) {
  if (rows == 0)
    return; // which says nothing of those that come
  width_ = std::clamp(std::min(rows, most_rows) * 4, fewest_rows, most_rows);
}

} // namespace inbox::postgres
