// Statements of handlers, also on other nodes: what passes the check does not
// end the transaction that it is to be a part of.

#include "fuzz.hpp"

#include "../../messages/effect.hpp"
#include "../../messages/error.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace inbox::fuzz {

namespace {

/// SQLite as somebody else's reader of the same text.
class reader {
public:
  reader() {
    sqlite3_open(":memory:", &db_);
    sqlite3_set_authorizer(db_, note, this);
  }

  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  ~reader() {
    sqlite3_close(db_);
  }

  /// Tells whether a statement is about the transaction or the session.
  bool is_forbidden(const std::string& text) {
    found_ = false;
    sqlite3_stmt* stmt = nullptr;
    sqlite3_prepare_v2(db_, text.data(), static_cast<int>(text.size()), &stmt,
                       nullptr);
    sqlite3_finalize(stmt);
    return found_;
  }

private:
  static int note(void* self, int what, const char*, const char*, const char*,
                  const char*) {
    auto is_forbidden = what == SQLITE_TRANSACTION || what == SQLITE_SAVEPOINT
                        || what == SQLITE_ATTACH || what == SQLITE_DETACH;
    static_cast<reader*>(self)->found_ |= is_forbidden;
    return SQLITE_OK;
  }

  sqlite3* db_ = nullptr;
  bool found_ = false;
};

} // namespace

void run(std::string_view input) {
  static reader sqlite;
  std::string text{input};
  auto err = check({sql(text, json_text{text})});
  if (!err) {
    require(!sqlite.is_forbidden(text), "no statement ends a transaction");
    return;
  }
  require(code_of(err) == errc::invalid, "a bad effect is invalid");
  require(field_of(err).rfind("effects", 0) == 0, "a bad field is named");
}

} // namespace inbox::fuzz
