#pragma once

#include "session.hpp"

#include "../missing_tables.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace inbox::postgres {

/// Brings the tables up to date. Where they are already, that is one short
/// statement that locks nothing. Any number of processes may do it at once.
/// Fails with `errc::schema_mismatch` if the tables are newer than this code,
/// are not ours, or are `missing` and not to be made.
[[nodiscard]] caf::error migrate(session& on, missing_tables missing);

/// Checks that tables of version `found` are those that this code works with.
/// Fails with `errc::schema_mismatch`.
[[nodiscard]] caf::error check_current(int32_t found,
                                       const std::string& prefix);

} // namespace inbox::postgres
