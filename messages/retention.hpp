#pragma once

#include "type_ids.hpp"
#include "types.hpp"

#include <cstdint>

namespace inbox {

/// Erases one batch of old events in one transaction.
struct erase_events {
  /// Events are looked at in the order of writing, beginning after this one.
  event_seq after = 0;
  /// Most events to look at.
  uint32_t limit = 0;
  /// An event goes when all its deliveries ended at least this long ago.
  timespan older_than{};
  /// Also erases events with unfinished deliveries, or without any, that were
  /// written this long ago; a delivery under a live lease keeps its event.
  bool unfinished = false;
  /// The batch also ends with the event that brings the payloads looked at to
  /// this many bytes, at least 1: how long a transaction takes depends on both.
  uint64_t max_bytes = 64 * 1024 * 1024;

  template <class Inspector>
  friend bool inspect(Inspector& f, erase_events& x) {
    return f.object(x).fields(f.field("after", x.after),
                              f.field("limit", x.limit),
                              f.field("older_than", x.older_than),
                              f.field("unfinished", x.unfinished),
                              f.field("max_bytes", x.max_bytes));
  }
};

/// Answer to `erase_events`.
struct erased_events {
  uint32_t events = 0;
  uint32_t deliveries = 0;
  /// Where the next batch goes on, or 0 when no older event is left.
  event_seq next = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, erased_events& x) {
    return f.object(x).fields(f.field("events", x.events),
                              f.field("deliveries", x.deliveries),
                              f.field("next", x.next));
  }
};

} // namespace inbox
