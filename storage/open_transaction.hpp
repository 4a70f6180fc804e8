#pragma once

#include "joint_batches.hpp"

#include "../messages/effect.hpp"
#include "../messages/settlement.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <memory>

// As in libpq-fe.h and sqlite3.h, which are not needed to include this.
struct pg_conn;
struct sqlite3;

namespace inbox {

/// A transaction that is open for the statements of a handler. It is undone
/// when the object ends, unless `settle` has committed it. It has its store for
/// itself until then: no verb of that may be called, and both belong to one
/// thread.
class open_transaction {
public:
  virtual ~open_transaction();

  /// Returns the connection in its transaction, for commands of libpq that
  /// wait. Every result has been read when the next call of this object comes.
  /// Fails with `errc::invalid` if the store is another one.
  [[nodiscard]] virtual caf::expected<pg_conn*> postgres();

  /// Likewise for SQLite.
  [[nodiscard]] virtual caf::expected<sqlite3*> sqlite();

  /// Runs one statement and returns how many rows it has changed. Fails with
  /// `errc::invalid` if it is refused or changes another number than
  /// `x.rows`; after that a transaction of PostgreSQL cannot commit.
  [[nodiscard]] virtual caf::expected<uint64_t> run(const sql_effect& x) = 0;

  /// Ends the attempt together with everything before, and with the effects and
  /// events of `x`, as `store::settle_joint` does. Without a commit all is
  /// undone. Fails with `errc::outcome_unknown` if the answer was lost.
  [[nodiscard]] virtual caf::expected<joint_try> settle(const settlement& x)
    = 0;
};

using open_transaction_ptr = std::unique_ptr<open_transaction>;

} // namespace inbox
