#pragma once

#include "connection.hpp"

#include "../../messages/effect.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace inbox::sqlite {

/// What came of a statement of the application.
struct effect_result {
  /// Why SQLite refuses it, if it does.
  std::optional<std::string> refused;
  /// How many rows it has inserted, changed or deleted.
  uint64_t changed = 0;
};

/// Runs a statement of the application within the transaction that is open.
/// Throws a `failure` that is not its fault, of which `errc::timeout` may be.
[[nodiscard]] effect_result run_effect(connection& db, const sql_effect& x);

} // namespace inbox::sqlite
