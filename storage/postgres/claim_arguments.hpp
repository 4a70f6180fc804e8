#pragma once

#include "params.hpp"
#include "queue_scan.hpp"

#include "../../messages/claim.hpp"

#include <map>

/// What a claim tells its statements, see claim_text.hpp.

namespace inbox::postgres {

/// Most deliveries in one claim. Its answer has to fit into the buffers of a
/// connection: if the process stands still, the server must not wait for it to
/// read on while it keeps others from claiming.
constexpr uint32_t most_at_once = 2000;

/// Returns `x.max_attempts`, no more than a delivery's counter can reach.
[[nodiscard]] int32_t most_attempts(const claim_deliveries& x);

/// Returns the arguments of `look_text` and `scatter_text` for those routes.
[[nodiscard]] params route_arguments(const std::map<route_id, uint32_t>& rooms);

/// Returns the arguments of `claim_text`, with this room for each route, read
/// on from where `scan` says, under the locks of `claim_locks`, or those of
/// `shared_claim_locks` if `side_by_side`.
[[nodiscard]] params claim_arguments(const claim_deliveries& x,
                                     const std::map<route_id, uint32_t>& rooms,
                                     const queue_scan& scan, bool side_by_side);

} // namespace inbox::postgres
