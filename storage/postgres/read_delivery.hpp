#pragma once

#include "rows.hpp"

#include "../../messages/claim.hpp"
#include "../../messages/delivery.hpp"

#include <map>
#include <string>
#include <vector>

namespace inbox::postgres {

/// The type of the events of each route.
using route_types = std::map<route_id, std::string>;

/// A delivery that a claim has taken, before its event is read.
struct taken_delivery {
  timestamp due{};
  inbox::lease lease;
  /// Of its event; one of the `route_types`.
  const std::string* type = nullptr;
  /// Number of the attempt that is granted, or of those there were.
  uint32_t attempt = 0;
  bool perilous = false;
  /// It is out of attempts.
  bool exhausted = false;
};

/// Adds the deliveries of a row of a claim: one token, in the order of their
/// events; and the type of these to `types`.
void read_taken(rows& from, int row, route_types& types,
                std::vector<taken_delivery>& to);

/// Reads a delivery from the row that tells of it behind its event.
[[nodiscard]] delivery_info read_delivery(rows& from, int row);

} // namespace inbox::postgres
