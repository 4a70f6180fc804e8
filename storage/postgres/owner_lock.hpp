#pragma once

#include "../../messages/types.hpp"

#include <cstdint>
#include <string>

namespace inbox::postgres {

/// Returns the number of the advisory lock that the session of an owner holds
/// as long as its process is there.
[[nodiscard]] int64_t owner_lock(const std::string& prefix, const uuid& owner);

} // namespace inbox::postgres
