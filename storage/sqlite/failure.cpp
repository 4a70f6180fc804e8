#include "failure.hpp"

#include <sqlite3.h>

#include <utility>

namespace inbox::sqlite {

namespace {

errc class_of(int code) {
  switch (code) {
    case SQLITE_READONLY_DBMOVED: // the one at that name may be good
      return errc::connection_lost;
    case SQLITE_CONSTRAINT_NOTNULL: // as in PostgreSQL: these values are
    case SQLITE_CONSTRAINT_CHECK:   // refused, whatever else is there
      return errc::invalid;
    default:
      break;
  }
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
  if (code == SQLITE_INTERRUPT)
    text += ": took longer than options.store.deadline";
  if (code == SQLITE_READONLY_DBMOVED)
    text += ": the file was moved, removed or replaced";
  // The database's own text says more, if it is about the same error at all.
  if (db != nullptr && sqlite3_extended_errcode(db) == code
      && std::string{sqlite3_errmsg(db)} != sqlite3_errstr(code))
    text += std::string{": "} + sqlite3_errmsg(db);
  return make_error(class_of(code), "store", std::move(text));
}

caf::error malformed_row(const std::string& file) {
  return make_error(errc::schema_mismatch, "store",
                    "SQLite file " + file
                      + ": a row has another form than this library gives it: "
                        "the tables were changed by somebody else");
}

} // namespace inbox::sqlite
