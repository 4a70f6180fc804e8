#include "known_routes.hpp"

namespace inbox {

caf::expected<added_route> known_routes::add(store& to, const add_route& x) {
  auto result = to.add(x);
  if (result) {
    std::lock_guard guard{mutex_};
    names_.emplace(x.event_type, x.handler_key);
  }
  return result;
}

caf::expected<void> known_routes::remove(store& from, const remove_route& x) {
  {
    std::lock_guard guard{mutex_};
    names_.erase({x.event_type, x.handler_key});
  }
  return from.remove(x);
}

caf::expected<store_ptr> known_routes::open(const store_opener& how) const {
  auto result = how();
  if (!result)
    return result;
  auto& opened = **result;
  // Meanwhile others may be added and, before the store hears of it, removed:
  // what this connection has brought back then, it takes away again.
  std::set<route_name> told;
  for (auto known = names(); known != told; known = names()) {
    for (auto& name : known)
      if (told.count(name) == 0)
        if (auto done = opened.add({name.first, name.second}); !done)
          return std::move(done.error());
    for (auto& name : told)
      if (known.count(name) == 0)
        if (auto done = opened.remove({name.first, name.second}); !done)
          return std::move(done.error());
    told = std::move(known);
  }
  return result;
}

std::set<known_routes::route_name> known_routes::names() const {
  std::lock_guard guard{mutex_};
  return names_;
}

} // namespace inbox
