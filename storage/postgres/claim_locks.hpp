#pragma once

#include "params.hpp"

#include "../../messages/types.hpp"

#include <string_view>
#include <vector>

/// Out of the queue of a route one claim at a time takes deliveries, until its
/// commit. The routes fall into groups, each with a lock: the server's table of
/// locks is small.

namespace inbox::postgres {

/// Takes locks until the end of the transaction. The statements behind it see
/// what was committed before they were there.
extern const char* const lock_claims_text;

/// Returns its arguments for some routes of the inbox with that prefix.
[[nodiscard]] params claim_locks(std::string_view prefix,
                                 const std::vector<route_id>& of);

/// Returns its arguments for all routes.
[[nodiscard]] params all_claim_locks(std::string_view prefix);

} // namespace inbox::postgres
