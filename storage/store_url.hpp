#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace inbox {

/// The databases that a store can be in.
enum class store_kind { memory, sqlite, postgres };

/// A URL that was looked through.
struct store_url {
  store_kind kind = store_kind::memory;
  /// The name of a memory store, which may be empty; the file of SQLite; the
  /// whole URL for PostgreSQL, whose form `postgres::address` checks.
  std::string place;
};

/// Reads which store `url` names; opens nothing and connects to nothing. Fails
/// with `errc::invalid` naming "options.store.url", and quotes no part of it.
[[nodiscard]] caf::expected<store_url> read_store_url(std::string_view url);

/// Makes an error that names "options.store.url". `text` quotes no part of it.
[[nodiscard]] caf::error invalid_url(std::string text);

/// Returns a text for logs: the URL without user, password and parameters.
[[nodiscard]] std::string redacted(const std::string& url);

} // namespace inbox
