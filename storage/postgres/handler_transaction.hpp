#pragma once

#include "session.hpp"

#include "../open_transaction.hpp"

namespace inbox::postgres {

/// Begins a transaction for the statements of a handler, which the server ends
/// if one of them, or the pause between two, takes longer than `patience`.
[[nodiscard]] caf::expected<open_transaction_ptr> begin(session& on,
                                                        timespan patience);

} // namespace inbox::postgres
