#include "../join_write.hpp"

#include "event_writer.hpp"
#include "failure.hpp"
#include "migrations.hpp"

#include "../open_store.hpp"

#include <sqlite3.h>

#include <string>

namespace inbox {

namespace {

using namespace sqlite;

/// Takes back what was written since, unless it is ended first.
class savepoint {
public:
  explicit savepoint(connection& db) : db_(db) {
    db_.execute("savepoint caf_inbox_write");
  }

  savepoint(const savepoint&) = delete;
  savepoint& operator=(const savepoint&) = delete;

  void end() {
    db_.execute("release caf_inbox_write");
    ended_ = true;
  }

  ~savepoint() {
    // After some errors SQLite has rolled all of the transaction back.
    if (ended_ || !db_.in_transaction())
      return;
    try {
      db_.execute("rollback to caf_inbox_write");
      db_.execute("release caf_inbox_write");
    } catch (const failure&) {
      // The application's next statement will report it.
    }
  }

private:
  connection& db_;
  bool ended_ = false;
};

written_events write_at(connection& db, const std::vector<event>& events,
                        const std::string& prefix) {
  savepoint undo{db};
  check_current(db, prefix);
  db.check_file();
  statements sql{db, prefix};
  event_writer writer{db, sql, system_time()};
  written_events result;
  for (auto& x : events)
    result.receipts.push_back(writer.write(x));
  undo.end();
  return result;
}

caf::error invalid(const char* text) {
  return make_error(errc::invalid, "connection", text);
}

} // namespace

caf::expected<written_events> join_write(sqlite3* connection,
                                         const std::vector<event>& events,
                                         const join_options& how) {
  if (auto err = check(how, events))
    return err;
  if (connection == nullptr)
    return invalid("must not be null");
  if (sqlite3_get_autocommit(connection) != 0)
    return invalid("has no transaction open: begin one first");
  if (events.empty())
    return written_events{};
  auto result = guarded([&] {
    sqlite::connection db{connection};
    return write_at(db, events, how.prefix);
  });
  if (!result && sqlite3_get_autocommit(connection) != 0)
    return make_error(code_of(result.error()), "connection",
                      describe(result.error())
                        + "; SQLite has rolled the transaction back");
  return result;
}

} // namespace inbox
