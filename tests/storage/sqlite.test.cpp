#include "../../storage/sqlite/connection.hpp"
#include "../../storage/sqlite/failure.hpp"
#include "../../storage/sqlite/statement.hpp"

#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>
#include <sqlite3.h>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

// How a SQLite store behaves when its file is not as it should be.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

event make(uint8_t n, size_t size = 10) {
  event result;
  result.id.data[15] = n;
  result.id.data[0] = 1;
  result.type = "order";
  result.payload = payload{std::string(size, 'x')};
  return result;
}

class fixture {
public:
  temporary_folder folder;
  store_options options;

  fixture() {
    options.url = "sqlite:" + folder.file("inbox.db");
    options.statement_timeout = 100ms;
  }

  store_ptr open() {
    return std::move(*open_store(options));
  }

  /// Checks that opening fails with an error that names the file.
  void check_open_error(errc code, const std::string& file,
                        const std::string& text) {
    options.url = "sqlite:" + folder.file(file);
    auto result = open_store(options);
    CAF_REQUIRE(!result);
    check_error(result.error(), code, file, text);
  }

  static void check_error(const caf::error& err, errc code,
                          const std::string& file, const std::string& text) {
    CAF_MESSAGE(describe(err));
    CAF_CHECK_EQUAL(code_of(err), code);
    CAF_CHECK_NOT_EQUAL(describe(err).find(file), std::string::npos);
    CAF_CHECK_NOT_EQUAL(describe(err).find(text), std::string::npos);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(sqlite_tests, fixture)

CAF_TEST(commits are durable and readers do not block) {
  sqlite::connection db{folder.file("x.db"), 1s};
  auto pragma = [&db](const std::string& name) {
    sqlite::statement read{db, "pragma " + name};
    auto row = read.run();
    row.next();
    return std::string{row.text(0)};
  };
  CAF_CHECK_EQUAL(pragma("journal_mode"), "wal");
  CAF_CHECK_EQUAL(pragma("synchronous"), "2"); // full
  CAF_CHECK_EQUAL(pragma("busy_timeout"), "1000");
}

CAF_TEST(a lock of another process is waited for and then busy) {
  auto db = open();
  auto mail = db->add({"order", "mail"})->route;
  sqlite_client other{folder.file("inbox.db")};
  other.run("begin immediate");
  auto start = std::chrono::steady_clock::now();
  auto result = db->write({make(1)});
  CAF_CHECK(std::chrono::steady_clock::now() - start >= 100ms);
  CAF_REQUIRE(!result);
  check_error(result.error(), errc::busy, "inbox.db", "locked");
  CAF_CHECK(is_transient(result.error()));
  // Who only looks is not kept out.
  CAF_CHECK(!db->find({make(1).id})->event);
  auto again = db->add({"order", "mail"});
  CAF_CHECK(again && again->route == mail);
  other.run("commit");
  CAF_CHECK(db->write({make(1)}));
}

CAF_TEST(a lock that is released in time is no error) {
  options.statement_timeout = 10s;
  auto db = open();
  sqlite_client other{folder.file("inbox.db")};
  other.run("begin immediate");
  bool written = false;
  std::thread writer{
    [&] { written = static_cast<bool>(db->write({make(1)})); }};
  std::this_thread::sleep_for(20ms);
  other.run("commit");
  writer.join();
  CAF_CHECK(written);
}

CAF_TEST(a file that cannot be opened is named) {
  std::filesystem::create_directory(folder.file("folder"));
  check_open_error(errc::storage_failed, "folder", "unable to open");
  check_open_error(errc::storage_failed, "missing/inbox.db", "unable to open");
  std::ofstream{folder.file("text")} << std::string(5000, 'x');
  check_open_error(errc::storage_failed, "text", "not a database");
}

CAF_TEST(a file without the permission to write is refused) {
  open();
  auto file = folder.file("inbox.db");
  using std::filesystem::perms;
  std::filesystem::permissions(file, perms::owner_read | perms::group_read
                                       | perms::others_read);
  // Permissions do not stop root.
  auto is_root = geteuid() == 0;
  if (is_root && seteuid(65534) != 0)
    CAF_FAIL("cannot become another user");
  auto result = open_store(options);
  if (is_root && seteuid(0) != 0)
    CAF_FAIL("cannot become root again");
  CAF_REQUIRE(!result);
  check_error(result.error(), errc::storage_failed, "inbox.db", "readonly");
}

CAF_TEST(a corrupt file is named) {
  {
    auto db = open();
    CAF_CHECK(db->add({"order", "mail"}));
    for (uint8_t n = 1; n < 50; ++n)
      CAF_CHECK(db->write({make(n, 1000)}));
  }
  auto file = folder.file("inbox.db");
  auto size = static_cast<std::streamoff>(std::filesystem::file_size(file));
  std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
  for (std::streamoff i = 3 * 4096; i < size; i += 64) {
    out.seekp(i);
    out << "\xFF garbage";
  }
  out.close();
  auto db = open_store(options);
  auto err = db ? caf::error{} : db.error();
  for (uint8_t n = 1; n < 50 && !err; ++n)
    if (auto result = (*db)->write({make(n)}); !result)
      err = result.error();
  check_error(err, errc::storage_failed, "inbox.db", "malformed");
}

CAF_TEST(a full disk is an error that leaves nothing half done) {
  auto db = open();
  CAF_CHECK(db->add({"order", "mail"}));
  CAF_CHECK(db->write({make(1)}));
  // No file may grow any more.
  auto* before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit saved{};
  getrlimit(RLIMIT_FSIZE, &saved);
  auto wal = std::filesystem::file_size(folder.file("inbox.db-wal"));
  rlimit small{wal + 200'000, saved.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::vector<event> events;
  for (uint8_t n = 2; n < 100; ++n)
    events.push_back(make(n, 10'000));
  auto result = db->write(events);
  setrlimit(RLIMIT_FSIZE, &saved);
  std::signal(SIGXFSZ, before);
  CAF_REQUIRE(!result);
  check_error(result.error(), errc::storage_failed, "inbox.db", "disk");
  for (auto& x : events)
    CAF_CHECK(!db->find({x.id})->event);
  // With space again, the same connection goes on.
  auto again = db->write(events);
  CAF_REQUIRE(again);
  CAF_CHECK_EQUAL(again->receipts.back().result, write_result::stored);
  CAF_CHECK_EQUAL(open()->summarize()->routes.at(0).pending, 99u);
}

CAF_TEST(rows that somebody else has changed are not taken for ours) {
  auto db = open();
  auto route = db->add({"order", "mail"})->route;
  CAF_CHECK(db->write({make(1)}));
  sqlite_client other{folder.file("inbox.db")};
  auto claim = [&](uint32_t max_attempts) {
    return db->claim({make(2).id, {{route, 1}}, 1, 10s, max_attempts});
  };
  auto check_refused = [&](const char* sql) {
    other.run(sql);
    auto result = claim(5);
    CAF_REQUIRE(!result);
    check_error(result.error(), errc::schema_mismatch, "inbox.db", "a row has");
  };
  // No token can follow that one, and an event has no such id.
  check_refused("update inbox_delivery set lease_token = 9223372036854775807");
  other.run("update inbox_delivery set lease_token = 0");
  check_refused("update inbox_event set id = x'0102'");
  // A counter that is too large is no small one.
  other.run("update inbox_event set id = x'01020304050607080910111213141516'");
  other.run("update inbox_delivery set attempts = 4294967296");
  auto result = claim(5);
  CAF_REQUIRE(result);
  CAF_CHECK_EQUAL(result->claimed.size(), 0u);
  CAF_CHECK_EQUAL(result->buried.size(), 1u);
}

CAF_TEST(a prefix that SQLite reserves is invalid) {
  for (auto prefix : {"sqlite", "sqlite_x"}) {
    options.prefix = prefix;
    auto result = open_store(options);
    CAF_REQUIRE(!result);
    CAF_CHECK_EQUAL(code_of(result.error()), errc::invalid);
    CAF_CHECK_EQUAL(field_of(result.error()), "options.store.prefix");
  }
}

CAF_TEST(results of SQLite have the class that says what to do) {
  auto class_of = [](int code) {
    return code_of(sqlite::to_error(nullptr, code, "x.db"));
  };
  CAF_CHECK_EQUAL(class_of(SQLITE_BUSY), errc::busy);
  CAF_CHECK_EQUAL(class_of(SQLITE_BUSY_SNAPSHOT), errc::busy);
  CAF_CHECK_EQUAL(class_of(SQLITE_LOCKED), errc::busy);
  CAF_CHECK_EQUAL(class_of(SQLITE_INTERRUPT), errc::timeout);
  for (auto code :
       {SQLITE_TOOBIG, SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_NOTNULL})
    CAF_CHECK_EQUAL(class_of(code), errc::invalid);
  CAF_CHECK_EQUAL(class_of(SQLITE_READONLY_DBMOVED), errc::connection_lost);
  for (auto code : {SQLITE_READONLY, SQLITE_FULL, SQLITE_IOERR,
                    SQLITE_IOERR_FSYNC, SQLITE_CORRUPT, SQLITE_NOTADB,
                    SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_CONSTRAINT,
                    SQLITE_CONSTRAINT_UNIQUE, SQLITE_ERROR, SQLITE_NOMEM})
    CAF_CHECK_EQUAL(class_of(code), errc::storage_failed);
}

CAF_TEST_FIXTURE_SCOPE_END()
