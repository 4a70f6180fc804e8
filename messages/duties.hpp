#pragma once

#include "claim.hpp"
#include "delivery.hpp"
#include "outcome.hpp"
#include "settlement.hpp"
#include "type_ids.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The messages between the actors of one inbox. They never leave the process.

namespace inbox {

/// Tells the poller that something may be due: a write, or room for more work.
/// Several at once count as one.
struct poke_poller {
  template <class Inspector>
  friend bool inspect(Inspector& f, poke_poller& x) {
    return f.object(x).fields();
  }
};

/// Tells the inbox that a store worker has connected again. What it is
/// connected to may be an older state of the database, or another one: after a
/// failover, say, or when a backup was put in its place.
struct store_reopened {
  template <class Inspector>
  friend bool inspect(Inspector& f, store_reopened& x) {
    return f.object(x).fields();
  }
};

/// Asks the dispatcher how much it has room for.
struct get_demand {
  template <class Inspector>
  friend bool inspect(Inspector& f, get_demand& x) {
    return f.object(x).fields();
  }
};

/// Answer to `get_demand`. Empty when nothing is handled here or all is full;
/// in the latter case the dispatcher pokes the poller as soon as there is room.
struct current_demand {
  std::vector<route_demand> demand;
  /// Every route that has a handler here, with room or without.
  std::vector<route_id> routes;
  /// Room for payloads, in bytes.
  uint64_t bytes = 0;
  /// Room for perilous deliveries, see `perilous_attempts`.
  uint32_t perilous = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, current_demand& x) {
    return f.object(x).fields(f.field("demand", x.demand),
                              f.field("routes", x.routes),
                              f.field("bytes", x.bytes),
                              f.field("perilous", x.perilous));
  }
};

/// Asks the poller for room that it has no use for now, since all that was due
/// has been claimed: what is written next may be claimed at once. Answered with
/// `current_demand`, which is empty where there is none. It is lent until
/// `return_room`.
struct borrow_room {
  template <class Inspector>
  friend bool inspect(Inspector& f, borrow_room& x) {
    return f.object(x).fields();
  }
};

/// Gives the poller its room back, with what was claimed for it.
struct return_room {
  std::vector<claimed_delivery> deliveries;
  /// As in `dispatch_deliveries`.
  timespan trusted_until{};

  template <class Inspector>
  friend bool inspect(Inspector& f, return_room& x) {
    return f.object(x).fields(f.field("deliveries", x.deliveries),
                              f.field("trusted_until", x.trusted_until));
  }
};

/// Hands claimed deliveries to the dispatcher.
struct dispatch_deliveries {
  std::vector<claimed_delivery> deliveries;
  /// Until when the leases are to be relied on, by this process's monotonic
  /// clock: counted from the moment of asking for them.
  timespan trusted_until{};

  template <class Inspector>
  friend bool inspect(Inspector& f, dispatch_deliveries& x) {
    return f.object(x).fields(f.field("deliveries", x.deliveries),
                              f.field("trusted_until", x.trusted_until));
  }
};

/// Makes the dispatcher send deliveries of a route to a handler; to this one
/// beside others if they share it.
struct serve_route {
  route_id route = 0;
  std::string event_type;
  std::string handler_key;
  caf::actor handler;
  uint32_t concurrency = 1;
  /// Whether the handler is a function handler of this inbox, which takes
  /// `handle_events`.
  bool is_function = false;
  bool shared = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, serve_route& x) {
    return f.object(x).fields(
      f.field("route", x.route), f.field("event_type", x.event_type),
      f.field("handler_key", x.handler_key), f.field("handler", x.handler),
      f.field("concurrency", x.concurrency),
      f.field("is_function", x.is_function), f.field("shared", x.shared));
  }
};

/// Makes the dispatcher give back what waits for a route and forget it. If
/// asked, it answers when the attempts that run have ended.
struct leave_route {
  route_id route = 0;
  /// If not null: only this one leaves, and the route if it was the last one.
  caf::actor handler;

  template <class Inspector>
  friend bool inspect(Inspector& f, leave_route& x) {
    return f.object(x).fields(f.field("route", x.route),
                              f.field("handler", x.handler));
  }
};

/// Tells whoever watches a handler actor, or the gate to an inbox, that it has
/// ended, or the link to its node; the inbox tells the dispatcher.
struct handler_down {
  caf::actor_addr handler;

  template <class Inspector>
  friend bool inspect(Inspector& f, handler_down& x) {
    return f.object(x).fields(f.field("handler", x.handler));
  }
};

/// The end of one attempt, for the completer.
struct ended_attempt {
  inbox::settlement settlement;
  /// What to tell the application once the store confirms that it is dead; null
  /// for any other end, of which there are so many that they are kept small.
  std::shared_ptr<const delivery_died> obituary;
  /// Whether the store has confirmed it, to the handler.
  bool is_settled = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, ended_attempt& x) {
    auto is_there = [&x] { return x.obituary != nullptr; };
    auto get = [&x] { return *x.obituary; };
    auto reset = [&x] { x.obituary = nullptr; };
    auto set = [&x](delivery_died&& value) {
      x.obituary = std::make_shared<const delivery_died>(std::move(value));
      return true;
    };
    return f.object(x).fields(f.field("settlement", x.settlement),
                              f.field("obituary", is_there, get, reset, set),
                              f.field("is_settled", x.is_settled));
  }
};

/// Hands ends of attempts to the completer.
struct settle_attempts {
  std::vector<ended_attempt> ends;

  template <class Inspector>
  friend bool inspect(Inspector& f, settle_attempts& x) {
    return f.object(x).fields(f.field("ends", x.ends));
  }
};

/// Tells the dispatcher that these leases are over, settled or lost.
struct end_leases {
  std::vector<lease> leases;

  template <class Inspector>
  friend bool inspect(Inspector& f, end_leases& x) {
    return f.object(x).fields(f.field("leases", x.leases));
  }
};

/// Tells the dispatcher that the store has refused what was to commit together
/// with the ends of these attempts: they have failed.
struct refuse_ends {
  std::vector<refused_settlement> refused;

  template <class Inspector>
  friend bool inspect(Inspector& f, refuse_ends& x) {
    return f.object(x).fields(f.field("refused", x.refused));
  }
};

/// Tells the dispatcher that these leases were renewed.
struct extend_leases {
  std::vector<lease> leases;
  /// As in `dispatch_deliveries`.
  timespan trusted_until{};

  template <class Inspector>
  friend bool inspect(Inspector& f, extend_leases& x) {
    return f.object(x).fields(f.field("leases", x.leases),
                              f.field("trusted_until", x.trusted_until));
  }
};

/// Tells the dispatcher that others hold these leases now: stop, settle
/// nothing.
struct lose_leases {
  std::vector<lease> leases;

  template <class Inspector>
  friend bool inspect(Inspector& f, lose_leases& x) {
    return f.object(x).fields(f.field("leases", x.leases));
  }
};

/// Asks the dispatcher for all leases that it holds.
struct get_leases {
  template <class Inspector>
  friend bool inspect(Inspector& f, get_leases& x) {
    return f.object(x).fields();
  }
};

/// Answer to `get_leases`.
struct held_leases {
  std::vector<lease> leases;

  template <class Inspector>
  friend bool inspect(Inspector& f, held_leases& x) {
    return f.object(x).fields(f.field("leases", x.leases));
  }
};

/// Makes the dispatcher finish what runs, give back the rest and answer
/// `drain_report` once nothing is left.
struct drain_dispatcher {
  timespan grace{};

  template <class Inspector>
  friend bool inspect(Inspector& f, drain_dispatcher& x) {
    return f.object(x).fields(f.field("grace", x.grace));
  }
};

/// Makes an actor end its duty: it finishes what it began, answers, and takes
/// up nothing new.
struct end_duty {
  template <class Inspector>
  friend bool inspect(Inspector& f, end_duty& x) {
    return f.object(x).fields();
  }
};

} // namespace inbox
