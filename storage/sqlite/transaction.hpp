#pragma once

#include "connection.hpp"

namespace inbox::sqlite {

/// A transaction that is rolled back unless it is committed, and that may take
/// as long as its connection says.
class transaction {
public:
  /// Begins one that may write: with the lock at once, since one that reads
  /// first and writes later fails when another connection wrote in between.
  static transaction to_write(connection& db) {
    return transaction{db, "begin immediate"};
  }

  /// Begins one whose statements all see the same state.
  static transaction to_read(connection& db) {
    return transaction{db, "begin"};
  }

  /// Gives what is left the time of a verb from now on.
  void prolong() {
    db_.start();
  }

  /// Gives what is left another time.
  void prolong(timespan patience) {
    db_.start(patience);
  }

  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  /// Makes the changes durable, or throws and has changed nothing.
  void commit();

  ~transaction();

private:
  transaction(connection& db, const char* begin);

  connection& db_;
};

} // namespace inbox::sqlite
