#include "memory_store.hpp"

#include "count.hpp"

namespace inbox::memory {

namespace {

delivery_info info_of(const delivery_row& row) {
  delivery_info result;
  result.handler_key = row.route->handler_key;
  result.status = status_of(row.progress, row.lease_owner.has_value());
  result.attempts = row.attempts;
  result.due = row.due;
  if (row.lease_owner) {
    result.lease_owner = row.lease_owner;
    result.lease_until = row.lease_until;
  }
  result.lease_token = row.lease_token;
  result.finished = row.finished;
  result.message = row.message.value_or("");
  return result;
}

} // namespace

caf::expected<event_record> memory_store::find(const find_event& x) {
  std::lock_guard guard{data_->mutex};
  event_record result;
  auto* row = data_->find_event(x.id);
  if (row == nullptr)
    return result;
  result.event = row->content;
  result.written = row->written;
  std::map<std::string, const delivery_row*> by_key;
  for (auto& [id, delivery] : row->deliveries)
    by_key.emplace(delivery.route->handler_key, &delivery);
  for (auto& [key, delivery] : by_key)
    result.deliveries.push_back(info_of(*delivery));
  return result;
}

caf::expected<store_summary> memory_store::summarize() {
  std::lock_guard guard{data_->mutex};
  std::map<route_id, route_summary> counts;
  for (auto& [seq, row] : data_->events)
    for (auto& [id, delivery] : row.deliveries)
      count(counts[id], delivery);
  store_summary result;
  for (auto& [type, keys] : data_->routes) {
    for (auto& [key, route] : keys) {
      auto counted = counts.find(route.id);
      if (!route.active && counted == counts.end())
        continue;
      auto& entry = result.routes.emplace_back();
      if (counted != counts.end())
        entry = counted->second;
      entry.event_type = type;
      entry.handler_key = key;
    }
  }
  for (auto& [type, events] : data_->unrouted)
    if (!events.empty())
      result.unrouted.push_back({type, events.size()});
  return result;
}

} // namespace inbox::memory
