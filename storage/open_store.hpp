#pragma once

#include "missing_tables.hpp"
#include "store.hpp"

#include "../messages/options.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <memory>
#include <string>

namespace inbox {

/// Opens a new connection to a store. What an actor needs to connect, and to
/// connect again; tests put a scripted store behind it.
using store_opener = std::function<caf::expected<store_ptr>()>;

/// Where the time comes from for stores without a clock of their own (memory
/// and SQLite); PostgreSQL uses its server's. Tests put virtual time here.
using time_source = std::function<timestamp()>;

/// Returns the system clock's time.
[[nodiscard]] timestamp system_time();

/// Opens the store that `options.url` names and brings its tables up to date.
/// Fails with `errc::invalid` naming "options.store.url" for an unknown kind,
/// with `errc::schema_mismatch` for tables newer than this code or missing ones
/// that are not to be made, and with the errors of the store otherwise.
/// Passwords do not appear in errors.
[[nodiscard]] caf::expected<store_ptr>
open_store(const store_options& options, time_source now = system_time,
           missing_tables missing = missing_tables::make);

/// Returns what keeps the data of a memory store alive while no connection to
/// it is open, such as between the loss of one and the next; null for all other
/// stores.
[[nodiscard]] std::shared_ptr<void> hold_store(const store_options& options);

/// How an inbox spreads its work over connections.
enum class connection_use {
  /// One for everything: memory, where no verb takes long.
  one,
  /// One for all that writes, since the store has a single writer anyway, and
  /// one for what takes long: reports and retention.
  one_and_reports,
  /// One for each: writing, claiming, settling, renewing, and what takes long.
  per_role,
};

/// Returns what is of use with this store.
[[nodiscard]] connection_use useful_connections(const store_options& options);

} // namespace inbox
