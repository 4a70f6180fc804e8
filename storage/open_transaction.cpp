#include "open_transaction.hpp"

#include "../messages/error.hpp"

namespace inbox {

open_transaction::~open_transaction() = default;

caf::expected<pg_conn*> open_transaction::postgres() {
  return make_error(errc::invalid, "transaction", "is not one of PostgreSQL");
}

caf::expected<sqlite3*> open_transaction::sqlite() {
  return make_error(errc::invalid, "transaction", "is not one of SQLite");
}

} // namespace inbox
