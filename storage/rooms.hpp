#pragma once

#include "../messages/claim.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

namespace inbox {

/// Returns the room of each route; of one that is named twice, the larger.
[[nodiscard]] inline std::map<route_id, uint32_t>
rooms_of(const std::vector<route_demand>& demand) {
  std::map<route_id, uint32_t> result;
  for (auto& x : demand)
    result[x.route] = std::max(result[x.route], x.room);
  return result;
}

} // namespace inbox
