#include "claim_arguments.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace inbox::postgres {

namespace {

constexpr uint64_t most_bytes = std::numeric_limits<int64_t>::max();

column<int32_t> routes_of(const std::map<route_id, uint32_t>& rooms) {
  column<int32_t> result;
  for (auto& entry : rooms)
    result.push(entry.first);
  return result;
}

} // namespace

int32_t most_attempts(const claim_deliveries& x) {
  constexpr uint32_t last = std::numeric_limits<int16_t>::max();
  return static_cast<int32_t>(std::min(x.max_attempts, last));
}

params route_arguments(const std::map<route_id, uint32_t>& rooms) {
  return params::of(routes_of(rooms));
}

params claim_arguments(const claim_deliveries& x,
                       const std::map<route_id, uint32_t>& rooms,
                       const queue_scan& scan, bool side_by_side) {
  auto limit = std::min(x.limit, most_at_once);
  column<int64_t> room;
  column<int64_t> passed;
  column<int32_t> width;
  for (auto& [id, n] : rooms) {
    room.push(int64_t{std::min(n, limit)});
    passed.push(scan.passed(id));
    width.push(static_cast<int32_t>(scan.width(id)));
  }
  return params::of(routes_of(rooms), std::move(room), int64_t{limit}, x.owner,
                    x.lease_duration, most_attempts(x),
                    static_cast<int64_t>(std::min(x.max_bytes, most_bytes)),
                    int64_t{x.max_perilous},
                    static_cast<int32_t>(perilous_attempts(x.max_attempts)),
                    std::move(passed),
                    static_cast<int32_t>(lone_attempts(x.max_attempts)),
                    std::move(width), side_by_side);
}

} // namespace inbox::postgres
