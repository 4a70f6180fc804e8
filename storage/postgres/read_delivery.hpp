#pragma once

#include "rows.hpp"

#include "../../messages/claim.hpp"
#include "../../messages/delivery.hpp"

#include <vector>

namespace inbox::postgres {

/// Reads a row of a claim: deliveries under one token, without their events.
[[nodiscard]] std::vector<claimed_delivery> read_claimed(rows& from, int row);

/// Reads a delivery from the row that tells of it behind its event.
[[nodiscard]] delivery_info read_delivery(rows& from, int row);

} // namespace inbox::postgres
