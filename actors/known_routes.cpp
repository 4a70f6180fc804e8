#include "known_routes.hpp"

#include <iterator>

namespace inbox {

void known_routes::add(const add_route& which, route_id route) {
  std::lock_guard guard{mutex_};
  routes_[{which.event_type, which.handler_key}] = route;
}

void known_routes::remove(route_id route) {
  std::lock_guard guard{mutex_};
  for (auto i = routes_.begin(); i != routes_.end();)
    i = i->second == route ? routes_.erase(i) : std::next(i);
}

caf::error known_routes::tell(store& to) {
  std::lock_guard guard{mutex_};
  for (auto& [which, route] : routes_) {
    auto again = to.add({which.first, which.second});
    if (!again)
      return std::move(again.error());
    route = again->route;
  }
  return {};
}

store_opener knowing(known_routes_ptr routes, store_opener open) {
  return [routes = std::move(routes), open = std::move(open)] {
    auto result = open();
    if (!result)
      return result;
    if (auto err = routes->tell(**result))
      return caf::expected<store_ptr>{std::move(err)};
    return result;
  };
}

} // namespace inbox
