#pragma once

#include "migrations.hpp"

namespace inbox::postgres {

/// The step after which the queue and claims have a row per batch.
[[nodiscard]] migration batch_tables();

} // namespace inbox::postgres
