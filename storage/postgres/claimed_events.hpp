#pragma once

#include "read_delivery.hpp"
#include "session.hpp"

#include "../../messages/claim.hpp"

#include <vector>

namespace inbox::postgres {

/// Reads the events of what was claimed, each once, and puts both into `to`,
/// which is empty, in the order of `taken`. Leaves out what was erased
/// meanwhile.
[[nodiscard]] caf::error
read_events(session& on, const std::vector<taken_delivery>& taken,
            std::vector<claimed_delivery>& to, deadline until);

} // namespace inbox::postgres
