#pragma once

#include "../storage/open_transaction.hpp"

#include <functional>
#include <string>
#include <utility>

namespace inbox {

/// The transaction that the end of an attempt commits in, for a handler
/// function to run statements of its own. It begins with the first call and
/// belongs to the function's thread until that returns.
///
/// What the function returns decides: `done`, `dead` and `snoozed` commit it,
/// together with that end and with the effects and events of the outcome, if
/// the lease is still held; `failed` and exceptions undo it. If it cannot
/// commit, the attempt has failed.
///
/// Each function has a connection of its own per thread, with the rights and
/// the settings of the store's. What is set for the session, and not for the
/// transaction, is there for later calls too, so leave it as it was. The server
/// ends a transaction that has been idle for longer than the attempt may take.
/// SQLite has one writer at a time: from the first call on, all others wait.
class transaction {
public:
  using source = std::function<caf::expected<open_transaction_ptr>()>;

  /// Has `begin` begin it.
  explicit transaction(source begin);

  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  /// Returns the connection, for commands of libpq that wait (`PQexecParams`,
  /// say). Read all answers; neither commit nor roll back: use savepoints.
  /// Valid until the next call of `run` or the function's end. Fails with
  /// `errc::invalid` if the store is not PostgreSQL, and with the store's
  /// errors if it is out of reach: return them, and the attempt has failed.
  [[nodiscard]] caf::expected<pg_conn*> postgres();

  /// Likewise for SQLite.
  [[nodiscard]] caf::expected<sqlite3*> sqlite();

  /// Runs a statement, as those of `outcome::effects` are, and returns how many
  /// rows it has inserted, changed or deleted. Fails with `errc::invalid` if it
  /// is refused or changes another number of rows than `x.rows`. After an error
  /// a transaction of PostgreSQL does not commit.
  [[nodiscard]] caf::expected<uint64_t> run(const sql_effect& x);

  /// Likewise: `run("update account set cents = cents - $1", 5)`.
  template <class... Ts>
  [[nodiscard]] caf::expected<uint64_t>
  run(std::string statement, Ts&&... parameters) {
    return run(sql(std::move(statement), std::forward<Ts>(parameters)...));
  }

  // -- for the inbox ----------------------------------------------------------

  /// Returns what has begun, or null.
  [[nodiscard]] open_transaction* begun() const noexcept {
    return open_.get();
  }

  /// Undoes what has not been committed.
  void end() noexcept {
    open_.reset();
  }

private:
  caf::expected<open_transaction*> open();

  source begin_;
  open_transaction_ptr open_;
};

} // namespace inbox
