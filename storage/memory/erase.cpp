#include "memory_store.hpp"

#include "../micros.hpp"

#include <algorithm>

namespace inbox::memory {

namespace {

bool all_of(const event_row& row, bool (*pred)(const delivery_row&, timestamp),
            timestamp time) {
  return std::all_of(row.deliveries.begin(), row.deliveries.end(),
                     [&](auto& entry) { return pred(entry.second, time); });
}

bool finished_before(const delivery_row& row, timestamp time) {
  return row.is_finished() && *row.finished <= time;
}

bool without_live_lease(const delivery_row& row, timestamp now) {
  return !row.lease_owner || row.lease_until <= now;
}

} // namespace

caf::expected<erased_events> memory_store::erase(const erase_events& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  auto newest = now - micros(x.older_than);
  erased_events result;
  uint32_t seen = 0;
  uint64_t bytes = 0;
  auto max_bytes = std::max<uint64_t>(x.max_bytes, 1);
  auto is_full = [&] { return seen == x.limit || bytes >= max_bytes; };
  auto i = data_->events.upper_bound(x.after);
  while (!is_full() && i != data_->events.end()) {
    auto& row = (i++)->second;
    ++seen;
    bytes += row.content.payload.size();
    result.next = row.written <= newest ? row.seq : 0;
    auto goes = row.written <= newest
                && (x.unfinished ? all_of(row, without_live_lease, now)
                                 : !row.deliveries.empty()
                                     && all_of(row, finished_before, newest));
    if (goes) {
      ++result.events;
      result.deliveries += static_cast<uint32_t>(row.deliveries.size());
      data_->erase_event(row);
    }
  }
  if (!is_full())
    result.next = 0;
  return result;
}

} // namespace inbox::memory
