#pragma once

#include "type_ids.hpp"
#include "types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace inbox {

/// Makes a store fan events of `event_type` out to `handler_key`, durably:
/// also while no node handles the key.
struct add_route {
  std::string event_type;
  std::string handler_key;

  template <class Inspector>
  friend bool inspect(Inspector& f, add_route& x) {
    return f.object(x).fields(f.field("event_type", x.event_type),
                              f.field("handler_key", x.handler_key));
  }
};

/// Answer to `add_route`.
struct added_route {
  route_id route = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, added_route& x) {
    return f.object(x).fields(f.field("route", x.route));
  }
};

/// Ends the fan-out to a route. Its deliveries stay as they are. By name: a
/// store that was put in another one's place has other numbers.
struct remove_route {
  std::string event_type;
  std::string handler_key;

  template <class Inspector>
  friend bool inspect(Inspector& f, remove_route& x) {
    return f.object(x).fields(f.field("event_type", x.event_type),
                              f.field("handler_key", x.handler_key));
  }
};

/// Gives kept events without any delivery one for each route of their type.
struct route_events {
  /// Only events of these routes' types are looked at.
  std::vector<route_id> routes;
  /// Most events to route in one transaction.
  uint32_t limit = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, route_events& x) {
    return f.object(x).fields(f.field("routes", x.routes),
                              f.field("limit", x.limit));
  }
};

/// Answer to `route_events`.
struct routed_events {
  uint32_t events = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, routed_events& x) {
    return f.object(x).fields(f.field("events", x.events));
  }
};

} // namespace inbox
