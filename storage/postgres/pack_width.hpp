#pragma once

#include "event_ranges.hpp"

#include <cstddef>
#include <cstdint>

namespace inbox::postgres {

/// Remembers how many events a connection is to ask for in one pack, by the
/// size of those that came last.
///
/// A server grows a pack in memory of twice the size each time. With the C
/// library that most servers run on, 128 KiB of it come from the system and go
/// back to it for each pack anew, and the server takes up to twice as long:
/// record 32. More or less than that is kept.
class pack_width {
public:
  /// Above `few_bytes` and up to `many_bytes` a pack is one to avoid.
  static constexpr size_t few_bytes = 62 * 1024;
  static constexpr size_t many_bytes = 132 * 1024;

  [[nodiscard]] int64_t events() const noexcept {
    return events_;
  }

  /// Notes what came in packs.
  void came(size_t events, size_t bytes) noexcept {
    if (events == 0)
      return; // which says nothing of those that come
    events_ = event_ranges::longest;
    while (is_to_avoid(static_cast<size_t>(events_) * bytes / events))
      events_ /= 2;
  }

private:
  static constexpr bool is_to_avoid(size_t bytes) noexcept {
    return bytes > few_bytes && bytes <= many_bytes;
  }

  /// Of a few hundred bytes each, as most are, these are not to be avoided.
  int64_t events_ = event_ranges::longest / 2;
};

} // namespace inbox::postgres
