#pragma once

#include "../../messages/types.hpp"

#include <chrono>
#include <cstdint>
#include <unordered_map>

namespace inbox::postgres {

/// Remembers how far a connection has read the queue of each route, so that the
/// next claim need not read over what is gone or under a lease: a server keeps
/// the entries of deleted rows as long as any transaction anywhere may see
/// them.
///
/// That is a hint. An event that was written before that point, but committed
/// later, would be passed by; so reading goes back to the beginning now and
/// then: often, but not so often that it takes a noticeable part of the time.
class queue_scan {
public:
  using clock = std::chrono::steady_clock;

  /// Begins a claim, which may be one that reads from the beginning.
  void begin(clock::time_point now);

  /// Ends it: from now on, reading from the beginning costs as much as this.
  void end(clock::time_point now);

  /// Returns the number of the event behind which to read.
  [[nodiscard]] event_seq passed(route_id of) const;

  /// Notes that everything up to that event was claimed.
  void pass(route_id of, event_seq last);

private:
  std::unordered_map<route_id, event_seq> passed_;
  clock::time_point begun_{};
  clock::time_point next_{};
  bool from_start_ = true;
};

} // namespace inbox::postgres
