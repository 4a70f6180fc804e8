#pragma once

#include "session.hpp"

#include "../store.hpp"

#include <vector>

namespace inbox::postgres {

/// Makes deliveries `dead` that a claim found out of attempts: each only if the
/// token is still that of the claim's finding and no lease is live.
[[nodiscard]] caf::expected<std::vector<buried_delivery>>
bury(session& on, const std::vector<lease>& exhausted, int32_t max_attempts);

} // namespace inbox::postgres
