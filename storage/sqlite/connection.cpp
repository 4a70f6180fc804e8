#include "connection.hpp"

#include "failure.hpp"
#include "statement.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <thread>
#include <utility>

static_assert(SQLITE_VERSION_NUMBER >= 3035000, "SQLite 3.35 or newer needed");

namespace inbox::sqlite {

namespace {

// Steps of SQLite's virtual machine between two looks at the clock: some rows,
// so that many small statements end in time as well as a large one.
constexpr int steps_per_look = 200;

int to_milliseconds(timespan x) {
  auto count = std::chrono::ceil<std::chrono::milliseconds>(x).count();
  return static_cast<int>(std::clamp<int64_t>(count, 0, INT_MAX));
}

void check_version() {
  if (sqlite3_libversion_number() < 3035000)
    throw failure{make_error(errc::storage_failed, "store",
                             std::string{"SQLite 3.35 or newer is needed, this "
                                         "is "}
                               + sqlite3_libversion())};
}

} // namespace

void connection::closer::operator()(sqlite3* db) const noexcept {
  if (!borrowed)
    sqlite3_close_v2(db);
}

connection::connection(sqlite3* borrowed)
  : deadline_(std::chrono::hours{1}),
    db_(borrowed, closer{true}) {
  check_version();
  if (auto* name = sqlite3_db_filename(borrowed, "main"))
    file_ = name;
}

connection::connection(const std::string& file, timespan busy_timeout,
                       timespan deadline, missing_tables missing)
  : file_(file),
    deadline_(deadline) {
  check_version();
  // Without a folder in front, some names would mean something else to SQLite:
  // "file:..." a URL, ":memory:" no file.
  auto path = file.front() == '/' ? file : "./" + file;
  sqlite3* db = nullptr;
  auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  // An empty file would also take the place of the log of a lost one.
  if (missing == missing_tables::make)
    flags |= SQLITE_OPEN_CREATE;
  auto code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  db_.reset(db);
  if (code != SQLITE_OK)
    fail(code);
  sqlite3_extended_result_codes(db, 1);
  // A verb waits for one lock at most, at its beginning.
  sqlite3_busy_timeout(db, to_milliseconds(std::min(busy_timeout, deadline)));
  sqlite3_progress_handler(db, steps_per_look, is_late, this);
  if (sqlite3_db_readonly(db, "main") == 1)
    fail(SQLITE_READONLY);
  use_write_ahead_log(busy_timeout);
  // A commit is on the disk when it returns.
  execute("pragma synchronous = full");
  // For the application's own tables: it is off unless one says so.
  execute("pragma foreign_keys = on");
}

void connection::start(timespan patience) {
  check_file();
  until_ = clock::now() + patience;
}

void connection::stop() noexcept {
  until_ = clock::time_point::max();
}

int connection::is_late(void* self) noexcept {
  return clock::now() >= static_cast<connection*>(self)->until_;
}

void connection::check_file() const {
  auto moved = 0;
  auto code = sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED,
                                   &moved);
  if (code == SQLITE_OK && moved != 0)
    fail(SQLITE_READONLY_DBMOVED);
}

void connection::execute(const std::string& sql) {
  auto code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(code);
}

uint32_t connection::changes() const {
  return static_cast<uint32_t>(sqlite3_changes(handle()));
}

uint32_t connection::total_changes() const {
  return static_cast<uint32_t>(sqlite3_total_changes(handle()));
}

int64_t connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle());
}

bool connection::in_transaction() const {
  return sqlite3_get_autocommit(handle()) == 0;
}

void connection::fail(int code) const {
  // The application need not have asked for all of a code.
  if (auto all = sqlite3_extended_errcode(handle()); (all & 0xFF) == code)
    code = all;
  throw failure{to_error(handle(), code, file_)};
}

void connection::use_write_ahead_log(timespan busy_timeout) {
  auto deadline = clock::now() + busy_timeout;
  // SQLite does not wait for the lock that the very first change of the mode
  // needs when two processes make the same file at once.
  for (;;) {
    try {
      statement change{*this, "pragma journal_mode = wal"};
      auto mode = change.run();
      if (mode.next() && mode.text(0) == "wal")
        return;
      throw failure{make_error(errc::storage_failed, "store",
                               "SQLite file " + file_
                                 + ": cannot use a write-ahead log here")};
    } catch (const failure& x) {
      if (code_of(x.reason()) != errc::busy || clock::now() >= deadline)
        throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

} // namespace inbox::sqlite
