#pragma once

#include "event.hpp"
#include "receipt.hpp"
#include "type_ids.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// The messages that an application sends to the inbox actor, and those that
/// it gets from it. `docs/` has each with its answer.

namespace inbox {

/// Stores events for all handler keys of their types; answered after the
/// commit with `written_events`.
struct write_events {
  std::vector<event> events;

  template <class Inspector>
  friend bool inspect(Inspector& f, write_events& x) {
    return f.object(x).fields(f.field("events", x.events));
  }
};

/// Answer to `write_events`: one receipt per event, in the same order.
struct written_events {
  std::vector<receipt> receipts;

  template <class Inspector>
  friend bool inspect(Inspector& f, written_events& x) {
    return f.object(x).fields(f.field("receipts", x.receipts));
  }
};

/// Tells the inbox that events of these types were written to its store by
/// somebody else: by a joined write, once its transaction has committed. The
/// inbox looks for work at once, and has others look. A hint: what is not
/// announced is found at the next iteration.
struct announce_events {
  /// Empty: of any type.
  std::vector<std::string> event_types;

  template <class Inspector>
  friend bool inspect(Inspector& f, announce_events& x) {
    return f.object(x).fields(f.field("event_types", x.event_types));
  }
};

/// Makes `handler` process the events of a type under a handler key. It gets
/// `handle_event` requests and answers `outcome`.
struct register_handler {
  std::string event_type;
  std::string handler_key;
  caf::actor handler;
  /// Most requests that it has at a time.
  uint32_t concurrency = 1;
  /// Whether others may process events under the key as well: each delivery
  /// goes to the one that has most room then. All of a key have to say so.
  bool shared = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, register_handler& x) {
    return f.object(x).fields(f.field("event_type", x.event_type),
                              f.field("handler_key", x.handler_key),
                              f.field("handler", x.handler),
                              f.field("concurrency", x.concurrency),
                              f.field("shared", x.shared));
  }
};

/// Answer to `register_handler`.
struct registered_handler {
  /// False if the key had a handler already and the two do not share it: the
  /// first one stays. One that is there already and shared is added again, with
  /// another concurrency, say.
  bool added = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, registered_handler& x) {
    return f.object(x).fields(f.field("added", x.added));
  }
};

/// Takes a handler key off this node. Unstarted work is given back at once; the
/// answer comes when the attempts that run have ended, for which each has until
/// its deadline.
struct unregister_handler {
  std::string event_type;
  std::string handler_key;
  /// Also ends the fan-out: later events get no delivery for this key. Without
  /// it they wait for a handler, here or on another node.
  bool forget = false;
  /// If not null: only this one goes, and the key if no other shares it; if
  /// another does, the fan-out goes on.
  caf::actor handler;

  template <class Inspector>
  friend bool inspect(Inspector& f, unregister_handler& x) {
    return f.object(x).fields(f.field("event_type", x.event_type),
                              f.field("handler_key", x.handler_key),
                              f.field("forget", x.forget),
                              f.field("handler", x.handler));
  }
};

/// Answer to `unregister_handler`.
struct unregistered_handler {
  /// False if the key had no handler here, or not this one.
  bool removed = false;
  /// Calls of its function that overran their deadline and still run: what they
  /// use must not go yet.
  uint64_t stuck = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, unregistered_handler& x) {
    return f.object(x).fields(f.field("removed", x.removed),
                              f.field("stuck", x.stuck));
  }
};

/// Asks for `inbox_stats`: counters of this inbox, no database access.
struct get_stats {
  template <class Inspector>
  friend bool inspect(Inspector& f, get_stats& x) {
    return f.object(x).fields();
  }
};

/// Asks for `store_summary`: a count over all that the store holds.
struct get_summary {
  template <class Inspector>
  friend bool inspect(Inspector& f, get_summary& x) {
    return f.object(x).fields();
  }
};

/// Asks for `event_record`: one event and how its deliveries stand.
struct find_event {
  uuid id{};

  template <class Inspector>
  friend bool inspect(Inspector& f, find_event& x) {
    return f.object(x).fields(f.field("id", x.id));
  }
};

/// Ends the inbox in good order; answered with `drain_report` when all is
/// settled and the connections are closed. Repeating it is harmless.
struct drain_inbox {
  template <class Inspector>
  friend bool inspect(Inspector& f, drain_inbox& x) {
    return f.object(x).fields();
  }
};

/// Answer to `drain_inbox`.
struct drain_report {
  /// Attempts that ended by themselves within the grace period.
  uint64_t finished = 0;
  /// Deliveries given back: unstarted, or canceled after the grace period.
  uint64_t released = 0;
  /// Deliveries that could be neither settled nor given back in time; their
  /// leases expire.
  uint64_t abandoned = 0;
  /// Calls of handler functions that overran their deadline, or the grace
  /// period, and still run: what they use must not go yet.
  uint64_t stuck = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, drain_report& x) {
    return f.object(x).fields(f.field("finished", x.finished),
                              f.field("released", x.released),
                              f.field("abandoned", x.abandoned),
                              f.field("stuck", x.stuck));
  }
};

/// Sent to an observer for every error that the error callback gets.
struct error_occurred {
  caf::error reason;

  template <class Inspector>
  friend bool inspect(Inspector& f, error_occurred& x) {
    return f.object(x).fields(f.field("reason", x.reason));
  }
};

} // namespace inbox
