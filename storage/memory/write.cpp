#include "memory_store.hpp"

#include "../micros.hpp"
#include "../rooms.hpp"

namespace inbox::memory {

receipt memory_store::write(const event& x, timestamp now) {
  receipt result;
  result.id = x.id;
  auto* row = data_->find_event(x.id);
  auto is_new = row == nullptr;
  if (is_new)
    row = &data_->add_event(x, now);
  result.handlers = data_->fan_out(*row, now);
  if (result.handlers > 0)
    result.result = write_result::stored;
  else if (is_new)
    result.result = write_result::unrouted;
  return result;
}

caf::expected<written_events>
memory_store::write(const std::vector<event>& events) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  written_events result;
  result.receipts.reserve(events.size());
  for (auto& x : events)
    result.receipts.push_back(write(x, now));
  return result;
}

caf::expected<written_and_claimed>
memory_store::write_claimed(const write_and_claim& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  auto until = now + micros(x.lease_duration);
  auto room = rooms_of(x.demand);
  written_and_claimed result;
  result.receipts.reserve(x.events.size());
  for (auto& event : x.events) {
    auto is_new = data_->find_event(event.id) == nullptr;
    result.receipts.push_back(write(event, now));
    if (!is_new || event.ordering_key)
      continue;
    for (auto& [route, row] : data_->find_event(event.id)->deliveries)
      if (auto& left = room[route]; left > 0) {
        --left;
        result.claimed.push_back(data_->lease_to(x.owner, row, until));
      }
  }
  return result;
}

} // namespace inbox::memory
