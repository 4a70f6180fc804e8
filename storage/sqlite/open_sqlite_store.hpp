#pragma once

#include "../open_store.hpp"

#include <string>

namespace inbox {

/// Opens the SQLite database in `file` and brings the tables of
/// `options.prefix` up to date; makes what is `missing`, or fails. Safe for any
/// number of processes that use the file, on a file system with working locks.
[[nodiscard]] caf::expected<store_ptr>
open_sqlite_store(const std::string& file, const store_options& options,
                  time_source now,
                  missing_tables missing = missing_tables::make);

} // namespace inbox
