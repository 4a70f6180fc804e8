#pragma once

#include "params.hpp"

#include "../../messages/types.hpp"

#include <string_view>
#include <vector>

/// Out of the queue of a route either one claim takes deliveries alone, until
/// its commit, or one of each inbox does, side by side, and passes over what
/// others have taken. The routes fall into groups, each with a lock: the
/// server's table of locks is small.

namespace inbox::postgres {

/// Takes locks until the end of the transaction, to claim or change the queue
/// alone. The statements behind it see what was committed before they were
/// there.
extern const char* const lock_claims_text;

/// Returns its arguments for some routes of the inbox with that prefix.
[[nodiscard]] params claim_locks(std::string_view prefix,
                                 const std::vector<route_id>& of);

/// Returns its arguments for all routes.
[[nodiscard]] params all_claim_locks(std::string_view prefix);

/// Takes locks likewise, to claim side by side with others, but not with
/// another claim of the same owner: these do best in turns, since one then
/// reads its events while the other one claims.
extern const char* const share_claims_text;

/// Returns its arguments.
[[nodiscard]] params shared_claim_locks(std::string_view prefix,
                                        const std::vector<route_id>& of,
                                        const uuid& owner);

} // namespace inbox::postgres
