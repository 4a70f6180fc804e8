#pragma once

#include <vector>

namespace inbox::postgres {

/// The statements that lead from one version of the schema to the next.
using migration = std::vector<const char*>;

/// Returns all migrations: the one at index n leads to version n + 1. One that
/// was released is never changed; a new one is added at the end.
[[nodiscard]] const std::vector<migration>& migrations();

} // namespace inbox::postgres
