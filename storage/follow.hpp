#pragma once

#include "../messages/trace.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace inbox {

/// Puts a trace together from single look-ups: for a store to which one costs
/// no round trip. `find(id)` returns the event as a `std::optional`;
/// `find_caused(id, limit)` returns the first ones that name it as their cause,
/// in the order of writing.
template <class Find, class FindCaused>
trace follow_causes(const find_trace& x, Find find, FindCaused find_caused) {
  trace result;
  result.event = find(x.id);
  std::set<uuid> seen{x.id};
  auto& up = result.ancestors;
  auto cause = result.event ? result.event->cause : std::nullopt;
  while (cause && seen.insert(*cause).second) {
    std::optional<traced_event> found = find(*cause);
    if (!found)
      break;
    if (up.size() == x.limit) {
      result.complete = false;
      break;
    }
    cause = found->cause;
    up.push_back(std::move(*found));
  }
  std::reverse(up.begin(), up.end());
  // Each has one cause, so that only the event itself can come again.
  auto& down = result.descendants;
  auto parent = x.id;
  for (size_t next = 0;; ++next) {
    // One more shows that there is more, and one may be the event itself.
    for (auto& found : find_caused(parent, x.limit - down.size() + 2)) {
      if (found.id == x.id)
        continue;
      if (down.size() == x.limit) {
        result.complete = false;
        return result;
      }
      down.push_back(std::move(found));
    }
    if (next == down.size())
      return result;
    parent = down[next].id;
  }
}

} // namespace inbox
