#include "failure.hpp"

#include <sqlite3.h>

#include <utility>

namespace inbox::sqlite {

namespace {

errc class_of(int code) {
  switch (code & 0xFF) { // the rest of it says more than matters here
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return errc::busy;
    case SQLITE_INTERRUPT:
      return errc::timeout;
    case SQLITE_TOOBIG:
      return errc::invalid;
    default:
      return errc::storage_failed;
  }
}

} // namespace

caf::error to_error(sqlite3* db, int code, const std::string& file) {
  auto text = "SQLite file " + file + ": " + sqlite3_errstr(code) + " (code "
              + std::to_string(code) + ")";
  // The database's own text says more, if it is about the same error at all.
  if (db != nullptr && sqlite3_extended_errcode(db) == code
      && std::string{sqlite3_errmsg(db)} != sqlite3_errstr(code))
    text += std::string{": "} + sqlite3_errmsg(db);
  return make_error(class_of(code), "store", std::move(text));
}

} // namespace inbox::sqlite
