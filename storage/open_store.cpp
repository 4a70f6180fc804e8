#include "open_store.hpp"

#include "store_url.hpp"

#include "memory/open_memory_store.hpp"
#include "postgres/open_postgres_store.hpp"
#include "sqlite/open_sqlite_store.hpp"

#include "../messages/error.hpp"

#include <utility>

namespace inbox {

timestamp system_time() {
  return std::chrono::floor<timestamp::duration>(
    std::chrono::system_clock::now());
}

caf::expected<store_ptr> open_store(const store_options& options,
                                    time_source now, missing_tables missing) {
  if (auto err = check(options))
    return err;
  auto url = read_store_url(options.url);
  if (!url)
    return std::move(url.error());
  if (!now)
    now = system_time;
  switch (url->kind) {
    case store_kind::memory:
      return open_memory_store(url->place, options.prefix, std::move(now));
    case store_kind::sqlite:
      return open_sqlite_store(url->place, options, std::move(now), missing);
    default:
      return open_postgres_store(options, missing);
  }
}

std::shared_ptr<void> hold_store(const store_options& options) {
  auto url = read_store_url(options.url);
  if (!url || url->kind != store_kind::memory)
    return nullptr;
  return hold_memory_store(url->place, options.prefix);
}

connection_use useful_connections(const store_options& options) {
  auto url = read_store_url(options.url);
  if (url && url->kind == store_kind::memory)
    return connection_use::one;
  if (url && url->kind == store_kind::sqlite)
    return connection_use::one_and_reports;
  return connection_use::per_role;
}

} // namespace inbox
