#pragma once

#include "../../messages/types.hpp"

#include <cstdint>
#include <limits>
#include <unordered_map>

namespace inbox::postgres {

/// How many rows of a route a claim looks at: at most, also at first, and at
/// least.
constexpr uint32_t most_rows = 256;
constexpr uint32_t fewest_rows = 8;

/// Remembers how far a connection has read the queue of each route, so that the
/// next claim need not read over what is gone: a server keeps the entries of
/// deleted rows as long as any transaction anywhere may see them. And how many
/// rows it took, so that the next claim locks few that it leaves to others.
class queue_scan {
public:
  /// Goes back to the beginning of all routes.
  void rewind();

  /// Returns the number of the event behind which to read.
  [[nodiscard]] event_seq passed(route_id of) const;

  /// Notes that everything up to that event was claimed.
  void pass(route_id of, event_seq last);

  /// Likewise, of a claim side by side with others: what these had locked, and
  /// left, comes before that event. So the next claim reads once more from
  /// where this one did, and only those behind it go on from here.
  void pass_later(route_id of, event_seq last);

  /// Returns how many rows of a route the next claim is to look at: a few more
  /// than the last one took, since those of one time are mostly of one size; or
  /// four times as many, if it took all that it looked at.
  [[nodiscard]] uint32_t width(route_id of) const;

  /// Notes how many rows a claim took.
  void took(route_id of, uint32_t rows);

private:
  struct place {
    event_seq passed = std::numeric_limits<event_seq>::min();
    event_seq next = std::numeric_limits<event_seq>::min();
    uint32_t width = most_rows;
  };

  [[nodiscard]] place at(route_id of) const;

  std::unordered_map<route_id, place> places_;
};

} // namespace inbox::postgres
