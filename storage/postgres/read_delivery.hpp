#pragma once

#include "rows.hpp"

#include "../../messages/claim.hpp"
#include "../../messages/delivery.hpp"

namespace inbox::postgres {

/// Reads the lease that a claim's row is about, also that of one which is out
/// of attempts.
[[nodiscard]] lease read_lease(rows& from, int row);

/// Reads a row of a claim, without its event.
[[nodiscard]] claimed_delivery read_claimed(rows& from, int row);

/// Reads a delivery from the row that tells of it behind its event.
[[nodiscard]] delivery_info read_delivery(rows& from, int row);

} // namespace inbox::postgres
