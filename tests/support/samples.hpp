#pragma once

#include "../../messages/all.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Values for tests: the same number always gives the same one.

namespace inbox::test {

/// The error of a store that is out of reach.
inline const auto away = make_error(errc::connection_lost, "store", "gone");

inline uuid nth_id(uint32_t n) {
  uuid result{};
  result.data[0] = 0xA5;
  for (int i = 0; i < 4; ++i)
    result.data[15 - i] = static_cast<uint8_t>(n >> (8 * i));
  return result;
}

inline event nth_event(uint32_t n, std::string type = "order") {
  event result;
  result.id = nth_id(n);
  result.type = std::move(type);
  result.payload = "payload " + std::to_string(n);
  return result;
}

/// Returns the events `first`, `first + 1`, ...
inline std::vector<event> nth_events(uint32_t first, uint32_t count) {
  std::vector<event> result;
  for (uint32_t n = first; n < first + count; ++n)
    result.push_back(nth_event(n));
  return result;
}

inline lease nth_lease(uint32_t n, route_id route = 1) {
  return {event_seq{n}, route, int64_t{n} + 100};
}

inline claimed_delivery nth_delivery(uint32_t n, route_id route = 1,
                                     uint32_t attempt = 1) {
  return {nth_lease(n, route), nth_event(n), attempt};
}

inline std::vector<lease> leases_of(const std::vector<settlement>& xs) {
  std::vector<lease> result;
  for (auto& x : xs)
    result.push_back(x.lease);
  return result;
}

} // namespace inbox::test
