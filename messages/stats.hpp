#pragma once

#include "type_ids.hpp"
#include "types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace inbox {

/// How one handler key stands on this node.
struct lane_stats {
  std::string event_type;
  std::string handler_key;
  /// Actors that handle it: more than one if they share it.
  uint32_t handlers = 1;
  /// Claimed, waiting for a handler.
  uint32_t queued = 0;
  /// With a handler.
  uint32_t running = 0;
  /// Answered, waiting for the store's confirmation.
  uint32_t settling = 0;
  /// True while the handler's workers are stuck and no work is claimed for it.
  bool stuck = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, lane_stats& x) {
    return f.object(x).fields(
      f.field("event_type", x.event_type),
      f.field("handler_key", x.handler_key), f.field("handlers", x.handlers),
      f.field("queued", x.queued), f.field("running", x.running),
      f.field("settling", x.settling), f.field("stuck", x.stuck));
  }
};

/// What one inbox did since its start. Counts are events for the writer's
/// part and deliveries for the rest.
struct inbox_stats {
  uint64_t stored = 0;
  uint64_t duplicates = 0;
  uint64_t unrouted = 0;
  /// Writes that wait for their receipt now.
  uint64_t writing = 0;
  uint64_t claimed = 0;
  uint64_t done = 0;
  uint64_t failed = 0;
  uint64_t dead = 0;
  uint64_t snoozed = 0;
  uint64_t released = 0;
  /// Settlements and renewals that came too late: another claim had it.
  uint64_t lost = 0;
  uint64_t erased = 0;
  /// Errors handed to the error callback.
  uint64_t errors = 0;
  /// Calls of handler functions that have not returned yet.
  uint64_t open_calls = 0;
  /// Those of them that have overrun their deadline.
  uint64_t stuck_workers = 0;
  /// Function workers started in place of stuck ones.
  uint64_t replaced_workers = 0;
  /// Whether others hear of this inbox over the store, and can see there that
  /// it is alive: PostgreSQL with `store.listen`.
  bool present = false;
  /// Inboxes on this store that are linked to this one: see `join_peer`.
  uint64_t peers = 0;
  /// Those of them that the store shows to be alive: if one is lost, its work
  /// goes on before its leases run out.
  uint64_t peers_present = 0;
  /// One per handler key on this node.
  std::vector<lane_stats> lanes;

  /// Adds the part of another actor of the same inbox.
  inbox_stats& operator+=(const inbox_stats& other);

  template <class Inspector>
  friend bool inspect(Inspector& f, inbox_stats& x) {
    return f.object(x).fields(
      f.field("stored", x.stored), f.field("duplicates", x.duplicates),
      f.field("unrouted", x.unrouted), f.field("writing", x.writing),
      f.field("claimed", x.claimed), f.field("done", x.done),
      f.field("failed", x.failed), f.field("dead", x.dead),
      f.field("snoozed", x.snoozed), f.field("released", x.released),
      f.field("lost", x.lost), f.field("erased", x.erased),
      f.field("errors", x.errors), f.field("open_calls", x.open_calls),
      f.field("stuck_workers", x.stuck_workers),
      f.field("replaced_workers", x.replaced_workers),
      f.field("present", x.present), f.field("peers", x.peers),
      f.field("peers_present", x.peers_present), f.field("lanes", x.lanes));
  }
};

/// How many deliveries of one route are in each status, in the store.
struct route_summary {
  std::string event_type;
  std::string handler_key;
  uint64_t pending = 0;
  uint64_t in_progress = 0;
  uint64_t failed = 0;
  uint64_t done = 0;
  uint64_t dead = 0;
  /// Whether the asked inbox has a handler for it. False with work waiting is
  /// the "missing handler"; set by the inbox, not by the store.
  bool handled_here = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, route_summary& x) {
    return f.object(x).fields(f.field("event_type", x.event_type),
                              f.field("handler_key", x.handler_key),
                              f.field("pending", x.pending),
                              f.field("in_progress", x.in_progress),
                              f.field("failed", x.failed),
                              f.field("done", x.done), f.field("dead", x.dead),
                              f.field("handled_here", x.handled_here));
  }
};

/// How many kept events of one type have no delivery, for lack of a handler.
struct unrouted_summary {
  std::string event_type;
  uint64_t events = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, unrouted_summary& x) {
    return f.object(x).fields(f.field("event_type", x.event_type),
                              f.field("events", x.events));
  }
};

/// Answer to `get_summary`: all that the store holds, counted. Reads every
/// delivery: for people and reports, not for a loop.
struct store_summary {
  std::vector<route_summary> routes;
  std::vector<unrouted_summary> unrouted;

  template <class Inspector>
  friend bool inspect(Inspector& f, store_summary& x) {
    return f.object(x).fields(f.field("routes", x.routes),
                              f.field("unrouted", x.unrouted));
  }
};

} // namespace inbox
