#pragma once

#include "../../messages/types.hpp"

#include <unordered_map>

namespace inbox::postgres {

/// Remembers how far a connection has read the queue of each route, so that the
/// next claim need not read over what is gone: a server keeps the entries of
/// deleted rows as long as any transaction anywhere may see them.
class queue_scan {
public:
  /// Goes back to the beginning.
  void rewind();

  /// Returns the number of the event behind which to read.
  [[nodiscard]] event_seq passed(route_id of) const;

  /// Notes that everything up to that event was claimed.
  void pass(route_id of, event_seq last);

private:
  std::unordered_map<route_id, event_seq> passed_;
};

} // namespace inbox::postgres
