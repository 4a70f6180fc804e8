#pragma once

#include "../messages/route.hpp"
#include "../storage/open_store.hpp"

#include <caf/expected.hpp>

#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace inbox {

/// The routes that an inbox has had its store know. Whatever becomes of the
/// store, one that is opened to write is of use once it knows them as well:
/// what is written next must not miss them. Safe from any thread, with one that
/// adds and removes.
class known_routes {
public:
  /// Has the store know the route, and those that `open` opens from now on.
  [[nodiscard]] caf::expected<added_route> add(store& to, const add_route& x);

  /// Ends the fan-out to the route. It is not known any more, also if the store
  /// fails.
  [[nodiscard]] caf::expected<void> remove(store& from, const remove_route& x);

  /// Opens a connection, to a store that knows all routes that are known here.
  [[nodiscard]] caf::expected<store_ptr> open(const store_opener& how) const;

private:
  /// Event type and handler key.
  using route_name = std::pair<std::string, std::string>;

  [[nodiscard]] std::set<route_name> names() const;

  mutable std::mutex mutex_;
  std::set<route_name> names_;
};

} // namespace inbox
