#pragma once

#include <inbox/inbox.hpp>

#include <cstdint>
#include <istream>

/// What the sender's side of the example saw.
struct delivery_report {
  uint64_t read = 0;
  uint64_t stored = 0;
  uint64_t duplicates = 0;
  uint64_t unrouted = 0;
  /// Lines that were no valid event.
  uint64_t rejected = 0;
};

/// Reads event lines until the end and writes every event twice, as a sender
/// does that missed the first acknowledgment. A byte order mark at the very
/// beginning is skipped. Bad lines are reported by number to standard error.
/// While the inbox is busy or its store is away, the write is repeated for a
/// while, which is harmless. Returns what happened, or the error that stayed:
/// also when the input cannot be read to its end.
caf::expected<delivery_report> deliver_twice(std::istream& lines,
                                             const inbox::client& box);
