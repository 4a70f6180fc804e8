#pragma once

#include "connection.hpp"

#include "../../messages/effect.hpp"

#include <optional>
#include <string>

namespace inbox::sqlite {

/// Runs a statement of the application within the transaction that is open.
/// Returns why SQLite refuses it, or nothing; throws a `failure` that is not
/// its fault, of which `errc::timeout` may be.
[[nodiscard]] std::optional<std::string> run_effect(connection& db,
                                                    const sql_effect& x);

} // namespace inbox::sqlite
