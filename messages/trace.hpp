#pragma once

#include "type_ids.hpp"
#include "types.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Which event came of which, by `event::cause`.

namespace inbox {

/// Asks for `trace`: what led to an event, and what it led to.
struct find_trace {
  uuid id{};
  /// Most events in each of the two directions, 1 to `max_trace_limit`.
  uint32_t limit = 100;

  template <class Inspector>
  friend bool inspect(Inspector& f, find_trace& x) {
    return f.object(x).fields(f.field("id", x.id), f.field("limit", x.limit));
  }
};

constexpr uint32_t max_trace_limit = 10'000;

/// Returns an `errc::invalid` error that names "limit", or no error.
[[nodiscard]] caf::error check(const find_trace& x);

/// One event of a trace. `find_event` has the rest.
struct traced_event {
  uuid id{};
  std::string type;
  /// May be an event that is not in the store any more.
  std::optional<uuid> cause;
  timestamp written{};
  /// How many of its deliveries are in each status; all 0 without a handler.
  uint32_t pending = 0;
  uint32_t in_progress = 0;
  uint32_t failed = 0;
  uint32_t done = 0;
  uint32_t dead = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, traced_event& x) {
    return f.object(x).fields(
      f.field("id", x.id), f.field("type", x.type), f.field("cause", x.cause),
      f.field("written", x.written), f.field("pending", x.pending),
      f.field("in_progress", x.in_progress), f.field("failed", x.failed),
      f.field("done", x.done), f.field("dead", x.dead));
  }
};

/// Answer to `find_trace`. No event is in a part twice: a circle of causes, as
/// an application may write it, ends where it would begin again.
struct trace {
  /// What led to the event, the root first, its cause last. If the first one
  /// names a cause, that has been erased or was never in this store, or the
  /// limit leaves it out, or it is part of a circle.
  std::vector<traced_event> ancestors;
  /// Empty if the store has no event of that id. Those that name it as their
  /// cause are told all the same.
  std::optional<traced_event> event;
  /// What it led to, breadth first: what it caused itself, then what that
  /// caused, and so on; of one cause in the order of writing.
  std::vector<traced_event> descendants;
  /// False if the limit has cut a part: the ancestors at the far end, the
  /// descendants at the last ones.
  bool complete = true;

  template <class Inspector>
  friend bool inspect(Inspector& f, trace& x) {
    return f.object(x).fields(f.field("ancestors", x.ancestors),
                              f.field("event", x.event),
                              f.field("descendants", x.descendants),
                              f.field("complete", x.complete));
  }
};

} // namespace inbox
