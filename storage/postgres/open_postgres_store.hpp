#pragma once

#include "../missing_tables.hpp"
#include "../store.hpp"

#include "../../messages/options.hpp"

namespace inbox {

/// Connects to the PostgreSQL server that `options.url` names and brings the
/// tables of `options.prefix` up to date. What the URL leaves out comes from
/// libpq's environment variables. Makes `missing` tables, or fails. Works
/// behind a transaction pooler.
[[nodiscard]] caf::expected<store_ptr>
open_postgres_store(const store_options& options,
                    missing_tables missing = missing_tables::make);

} // namespace inbox
