#include "transaction.hpp"

#include "failure.hpp"

namespace inbox::sqlite {

transaction::transaction(connection& db, const char* begin) : db_(db) {
  db.start();
  try {
    db.execute(begin);
  } catch (...) {
    db.stop();
    throw;
  }
}

void transaction::commit() {
  db_.check_file();
  db_.execute("commit");
}

transaction::~transaction() {
  db_.stop();
  // After some errors, a full disk for one, SQLite has rolled back by itself.
  if (!db_.in_transaction())
    return;
  try {
    db_.execute("rollback");
  } catch (const failure&) {
    // The next transaction of this connection will report it.
  }
}

} // namespace inbox::sqlite
