#pragma once

#include "../progress.hpp"

#include "../../messages/claim.hpp"
#include "../../messages/event.hpp"
#include "../../messages/type_ids.hpp"

#include <boost/functional/hash.hpp>
#include <boost/uuid/uuid_hash.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace inbox::memory {

struct event_row;
struct route_row;

/// One (event, route) pair, with the columns that it has in a database.
struct delivery_row {
  event_row* event = nullptr;
  route_row* route = nullptr;
  inbox::progress progress = progress::fresh;
  uint32_t attempts = 0;
  timestamp due{};
  std::optional<uuid> lease_owner;
  int64_t lease_token = 0;
  timestamp lease_until{};
  std::optional<timestamp> finished;
  std::optional<std::string> message;

  [[nodiscard]] bool is_finished() const noexcept {
    return progress == progress::done || progress == progress::dead;
  }
};

struct event_row {
  event_seq seq = 0;
  inbox::event content;
  timestamp written{};
  bool unrouted = false;
  std::map<route_id, delivery_row> deliveries;
};

/// Deliveries of one route in the order in which they may go out: by a time,
/// then by event.
using delivery_index = std::map<std::pair<timestamp, event_seq>, delivery_row*>;

/// The unfinished deliveries of one route and ordering key.
struct ordered_group {
  std::map<event_seq, delivery_row*> rows;
  /// Those with a lease, live or not: rarely more than one.
  std::map<event_seq, delivery_row*> leased;
};

struct route_row {
  route_id id = 0;
  std::string event_type;
  std::string handler_key;
  bool active = true;
  /// What a claim takes once it is due: without a lease (or with one that a
  /// claim found expired), and not behind another of its ordering key.
  delivery_index waiting;
  /// What has a lease, by its end.
  delivery_index leased;
  /// All unfinished deliveries that have an ordering key, under that key.
  std::map<std::string, ordered_group> ordered;
};

/// The tables of one store in memory, with indexes that keep every verb's cost
/// independent of how much is stored. Not thread-safe: lock `mutex` around it.
class tables {
public:
  std::mutex mutex;

  // -- routes -----------------------------------------------------------------

  /// By event type, then by handler key.
  std::map<std::string, std::map<std::string, route_row>> routes;

  /// Returns the route of that pair; makes it if there is none.
  route_row& find_or_make_route(const std::string& event_type,
                                const std::string& handler_key);

  /// Returns the route, or null if there is none.
  [[nodiscard]] route_row* find_route(route_id id);

  // -- events -----------------------------------------------------------------

  std::map<event_seq, event_row> events;

  /// Events without any delivery, by type.
  std::map<std::string, std::set<event_seq>> unrouted;

  /// Those of them that have an ordering key, by type and key.
  std::map<std::pair<std::string, std::string>, std::set<event_seq>>
    unrouted_ordered;

  /// Those that name a cause, by that.
  std::map<uuid, std::set<event_seq>> caused;

  event_row& add_event(const event& content, timestamp now);

  /// Returns the event, or null if there is none.
  [[nodiscard]] event_row* find_event(uuid id);

  /// Erases the event with its deliveries.
  void erase_event(event_row& row);

  /// Adds a delivery for each active route of the event's type that has none,
  /// and returns their number. Keeps the event's mark as unrouted up to date.
  uint32_t fan_out(event_row& row, timestamp now);

  // -- deliveries -------------------------------------------------------------

  /// Returns the delivery, or null if there is none.
  [[nodiscard]] delivery_row* find_delivery(event_seq seq, route_id route);

  /// Takes a delivery out of its route's indexes: before its due time, lease or
  /// progress changes.
  void unindex(delivery_row& row);

  /// Puts a delivery back where it belongs after the change.
  void index(delivery_row& row);

  /// Begins an attempt under a lease and returns it, with all that its handler
  /// needs.
  claimed_delivery lease_to(uuid owner, delivery_row& row, timestamp until);

  /// Tells whether a delivery that `waiting` has must not go out yet for the
  /// sake of its ordering key: a later one runs (its event got this handler
  /// earlier), or an earlier event is to get its first deliveries.
  [[nodiscard]] bool is_held_up(const delivery_row& row, timestamp now) const;

  /// Makes the deliveries of a route whose leases have expired claimable.
  void expire_leases(route_row& route, timestamp now);

private:
  void erase_from_ordered(delivery_row& row);
  void mark_unrouted(event_row& row, bool is_unrouted);

  route_id last_route_ = 0;
  event_seq last_seq_ = 0;
  std::unordered_map<route_id, route_row*> routes_by_id_;
  std::unordered_map<uuid, event_row*, boost::hash<uuid>> events_by_id_;
};

} // namespace inbox::memory
