#pragma once

#include "params.hpp"

#include "../../messages/types.hpp"

#include <cstddef>
#include <vector>

namespace inbox::postgres {

/// The events that are to be read, by ranges of numbers without a gap.
struct event_ranges {
  /// Most events of a range.
  static constexpr int64_t longest = 512;

  column<int64_t> first;
  column<int64_t> last;
  size_t count = 0;
  /// How many there are in all of them.
  size_t events = 0;

  /// Tells whether most have a neighbour, so that it is worthwhile to read each
  /// range by itself.
  [[nodiscard]] bool dense() const noexcept {
    return events >= 4 * count;
  }

  /// Returns the arguments of the statements that read events.
  [[nodiscard]] params take_arguments();
};

/// Returns the ranges of numbers in any order, each of which may be there more
/// than once. None has more than `longest`.
[[nodiscard]] event_ranges ranges_of(std::vector<event_seq> seqs,
                                     int64_t longest = event_ranges::longest);

} // namespace inbox::postgres
