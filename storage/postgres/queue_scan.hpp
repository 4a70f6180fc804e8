#pragma once

#include "../../messages/types.hpp"

#include <cstdint>
#include <unordered_map>

namespace inbox::postgres {

/// Most and fewest rows of a route that a claim looks at.
constexpr uint32_t most_rows = 256;
constexpr uint32_t fewest_rows = 64;

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

  /// Returns how many rows of a route the next claim is to look at: four times
  /// what the last one took, since those of one time are mostly of one size.
  [[nodiscard]] uint32_t width() const noexcept {
    return width_;
  }

  /// Notes how many rows a claim took.
  void took(uint32_t rows);

private:
  std::unordered_map<route_id, event_seq> passed_;
  uint32_t width_ = most_rows;
};

} // namespace inbox::postgres
