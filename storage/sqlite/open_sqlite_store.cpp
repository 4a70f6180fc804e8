#include "open_sqlite_store.hpp"

#include "failure.hpp"
#include "migrations.hpp"
#include "sqlite_store.hpp"

#include <utility>

namespace inbox {

caf::expected<store_ptr>
open_sqlite_store(const std::string& file, const store_options& options,
                  time_source now, missing_tables missing) {
  // "sqlite_" begins the names of SQLite's own tables.
  if (options.prefix == "sqlite" || options.prefix.rfind("sqlite_", 0) == 0)
    return make_error(errc::invalid, "options.store.prefix",
                      "must not begin with sqlite_: SQLite reserves it");
  return sqlite::guarded([&]() -> store_ptr {
    auto db = std::make_unique<sqlite::connection>(file,
                                                   options.statement_timeout,
                                                   options.deadline, missing);
    sqlite::migrate(*db, options.prefix, missing);
    return std::make_unique<sqlite::sqlite_store>(std::move(db), options.prefix,
                                                  std::move(now));
  });
}

} // namespace inbox
