#include "memory_store.hpp"

#include <algorithm>

namespace inbox::memory {

caf::expected<added_route> memory_store::add(const add_route& x) {
  std::lock_guard guard{data_->mutex};
  auto& row = data_->find_or_make_route(x.event_type, x.handler_key);
  row.active = true;
  return added_route{row.id};
}

caf::expected<void> memory_store::remove(const remove_route& x) {
  std::lock_guard guard{data_->mutex};
  auto type = data_->routes.find(x.event_type);
  if (type == data_->routes.end())
    return caf::expected<void>{};
  if (auto row = type->second.find(x.handler_key); row != type->second.end())
    row->second.active = false;
  return caf::expected<void>{};
}

bool memory_store::may_route(const std::vector<route_demand>& to) const {
  return std::any_of(to.begin(), to.end(), [this](const route_demand& x) {
    auto* named = data_->find_route(x.route);
    if (named == nullptr)
      return false;
    auto kept = data_->unrouted.find(named->event_type);
    return kept != data_->unrouted.end() && !kept->second.empty();
  });
}

caf::expected<routed_events> memory_store::route(const route_events& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  // Oldest first, over all types that somebody would get the events of.
  std::set<event_seq> due;
  for (auto id : x.routes) {
    auto* named = data_->find_route(id);
    if (named == nullptr)
      continue;
    auto& type = data_->routes[named->event_type];
    auto& kept = data_->unrouted[named->event_type];
    if (std::any_of(type.begin(), type.end(),
                    [](auto& entry) { return entry.second.active; })) {
      size_t count = std::min<size_t>(kept.size(), x.limit);
      due.insert(kept.begin(),
                 std::next(kept.begin(), static_cast<ptrdiff_t>(count)));
    }
  }
  routed_events result;
  for (auto seq : due) {
    if (result.events == x.limit)
      break;
    data_->fan_out(data_->events.at(seq), now);
    ++result.events;
  }
  return result;
}

} // namespace inbox::memory
