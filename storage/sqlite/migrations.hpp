#pragma once

#include "connection.hpp"

#include <string>

namespace inbox::sqlite {

/// Version of the tables that this code works with.
[[nodiscard]] int64_t current_version();

/// Brings the tables of `prefix` to the current version, or makes them. Throws
/// a `failure` with `errc::schema_mismatch` if they are newer, not ours, or
/// `missing` but not to be made.
void migrate(connection& db, const std::string& prefix,
             missing_tables missing = missing_tables::make);

/// Checks that the tables are those that this code works with. Throws
/// `errc::schema_mismatch`.
void check_current(connection& db, const std::string& prefix);

} // namespace inbox::sqlite
