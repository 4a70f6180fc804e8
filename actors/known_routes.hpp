#pragma once

#include "../storage/open_store.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace inbox {

/// The routes that an inbox has its store know, for connections that are opened
/// later: the store may be another one by then, restored from a backup, say,
/// and what is written must not miss a handler key. Safe from any thread.
class known_routes {
public:
  void add(const add_route& which, route_id route);

  /// Waits for stores that are just told of it. To be called before the store
  /// forgets the route, or one of them would bring it back.
  void remove(route_id route);

  /// Has a store know them all; each may get another number. On failure the
  /// store's error.
  caf::error tell(store& to);

private:
  std::mutex mutex_;
  /// By event type and handler key.
  std::map<std::pair<std::string, std::string>, route_id> routes_;
};

using known_routes_ptr = std::shared_ptr<known_routes>;

/// Returns what opens a store that knows `routes` as they are by then.
[[nodiscard]] store_opener knowing(known_routes_ptr routes, store_opener open);

} // namespace inbox
