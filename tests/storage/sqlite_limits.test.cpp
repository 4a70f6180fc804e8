#include "../../storage/sqlite/connection.hpp"
#include "../../storage/sqlite/failure.hpp"
#include "../../storage/sqlite/migrations.hpp"
#include "../../storage/sqlite/sqlite_store.hpp"
#include "../../storage/sqlite/statement.hpp"
#include "../../storage/sqlite/transaction.hpp"

#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>

#include <filesystem>
#include <functional>
#include <thread>

// What ends a SQLite store's work: time, space, and a file that is another.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

/// Takes for ever.
constexpr auto endless = "with recursive c(n) as (select 1 union all select "
                         "n + 1 from c) select count(*) from c";

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
  using clock = std::chrono::steady_clock;

  sqlite_test_store place{temporary_folder::fast_parent()};

  /// Returns the class of the failure that `f` ends with.
  static errc code_of_failure(const std::function<void()>& f) {
    try {
      f();
    } catch (const sqlite::failure& x) {
      CAF_MESSAGE(describe(x.reason()));
      return code_of(x.reason());
    }
    return errc{};
  }

  template <class T>
  static errc code(const caf::expected<T>& x) {
    return x ? errc{} : code_of(x.error());
  }

  int64_t number(const std::string& sql) {
    sqlite::connection db{place.file(), 1s};
    sqlite::statement select{db, sql};
    auto row = select.run();
    row.next();
    return row.integer(0);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(sqlite_limit_tests, fixture)

CAF_TEST(a statement ends when the time of its transaction is up) {
  sqlite::connection db{place.file(), 1s, 200ms};
  db.execute("create table x (n integer)");
  sqlite::statement slow{db, endless};
  auto begin = clock::now();
  CAF_CHECK_EQUAL(code_of_failure([&] {
                    auto work = sqlite::transaction::to_read(db);
                    slow.execute();
                  }),
                  errc::timeout);
  CAF_CHECK(clock::now() - begin >= 200ms);
  // What it changed is undone, and the connection goes on.
  auto insert = [&](const char* value) {
    auto work = sqlite::transaction::to_write(db);
    db.execute("insert into x values (1)");
    db.execute(std::string{"insert into x "} + value);
    work.commit();
  };
  CAF_CHECK_EQUAL(code_of_failure([&] { insert(endless); }), errc::timeout);
  CAF_CHECK_EQUAL(number("select count(*) from x"), 0);
  CAF_CHECK_EQUAL(code_of_failure([&] { insert("values (2)"); }), errc{});
  CAF_CHECK_EQUAL(number("select count(*) from x"), 2);
}

CAF_TEST(the time that a lock takes is part of it) {
  sqlite::connection db{place.file(), 10s, 2s};
  sqlite::connection other{place.file(), 10s};
  sqlite::statement slow{db, endless};
  other.execute("begin immediate");
  auto begin = clock::now();
  std::thread holder{[&] {
    std::this_thread::sleep_for(1500ms);
    other.execute("commit");
  }};
  CAF_CHECK_EQUAL(code_of_failure([&] {
                    auto work = sqlite::transaction::to_write(db);
                    slow.execute();
                  }),
                  errc::timeout);
  auto took = clock::now() - begin;
  holder.join();
  CAF_CHECK(took >= 1500ms);
  CAF_CHECK(took < 3s);
}

CAF_TEST(no lock is waited for beyond the deadline) {
  sqlite::connection db{place.file(), 10s, 200ms};
  sqlite::connection other{place.file(), 10s};
  other.execute("begin immediate");
  auto begin = clock::now();
  CAF_CHECK_EQUAL(code_of_failure(
                    [&] { auto work = sqlite::transaction::to_write(db); }),
                  errc::busy);
  CAF_CHECK(clock::now() - begin < 5s);
}

CAF_TEST(verbs on large tables end at the deadline and change nothing) {
  auto db = place.open();
  CAF_CHECK(db->add({"order", "mail"}));
  place.execute("with recursive c(n) as (select 1 union all select n + 1 from "
                "c where n < 100000) insert into $event (seq, id, type, "
                "written_at, unrouted, payload) "
                "select n, cast(n as blob), 'order', 0, 0, x'' from c");
  place.execute("insert into $delivery (event_seq, route_id, progress, due, "
                "finished_at) select seq, 1, 2, 0, 0 from $event");
  auto options = place.options();
  options.deadline = 5ms;
  auto hasty = place.open(options);
  CAF_CHECK_EQUAL(code(hasty->summarize()), errc::timeout);
  CAF_CHECK_EQUAL(code(hasty->erase({0, 100'000, 0s})), errc::timeout);
  CAF_CHECK_EQUAL(number("select count(*) from inbox_event"), 100'000);
  auto summary = db->summarize();
  CAF_REQUIRE(summary);
  CAF_CHECK_EQUAL(summary->routes.at(0).done, 100'000u);
}

CAF_TEST(a file that another one replaced is not written to) {
  namespace fs = std::filesystem;
  auto move = [this](const std::string& from, const std::string& to) {
    for (std::string suffix : {"", "-wal", "-shm"})
      fs::rename(place.file() + from + suffix, place.file() + to + suffix);
  };
  auto db = place.open();
  CAF_CHECK(db->write({make(1)}));
  move("", ".old");
  auto check_lost = [&] {
    auto written = db->write({make(2)});
    CAF_REQUIRE(!written);
    CAF_CHECK_EQUAL(code_of(written.error()), errc::connection_lost);
    CAF_CHECK_NOT_EQUAL(describe(written.error()).find("inbox.db"),
                        std::string::npos);
    CAF_CHECK_EQUAL(code(db->find({make(1).id})), errc::connection_lost);
  };
  check_lost();
  {
    auto fresh = place.open();
    check_lost();
    CAF_CHECK(!fresh->find({make(1).id})->event);
    CAF_CHECK(fresh->write({make(3)}));
    move("", ".new");
  }
  move(".old", "");
  // It is the right one again, and nothing is missing.
  CAF_CHECK(db->find({make(1).id})->event);
  CAF_CHECK(!db->find({make(2).id})->event);
  CAF_CHECK(!db->find({make(3).id})->event);
  CAF_CHECK(db->write({make(2)}));
  CAF_CHECK(place.open()->find({make(2).id})->event);
}

CAF_TEST(a file that is replaced during a transaction is not committed to) {
  sqlite::connection db{place.file(), 1s};
  db.execute("create table x (n integer)");
  auto away = place.file() + ".away";
  CAF_CHECK_EQUAL(code_of_failure([&] {
                    auto work = sqlite::transaction::to_write(db);
                    db.execute("insert into x values (1)");
                    std::filesystem::rename(place.file(), away);
                    work.commit();
                  }),
                  errc::connection_lost);
  std::filesystem::rename(away, place.file());
  CAF_CHECK_EQUAL(number("select count(*) from x"), 0);
}

CAF_TEST(a database that may not grow is an error that undoes the verb) {
  auto prefix = place.options().prefix;
  auto conn = std::make_unique<sqlite::connection>(place.file(), 1s);
  auto& raw = *conn;
  sqlite::migrate(raw, prefix);
  sqlite::sqlite_store db{std::move(conn), prefix, system_time};
  CAF_CHECK(db.add({"order", "mail"}));
  CAF_CHECK(db.write({make(1)}));
  raw.execute("pragma max_page_count = 40");
  std::vector<event> events;
  for (uint8_t n = 2; n < 100; ++n)
    events.push_back(make(n, 10'000));
  auto result = db.write(events);
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(code_of(result.error()), errc::storage_failed);
  CAF_CHECK_NOT_EQUAL(describe(result.error()).find("full"), std::string::npos);
  CAF_CHECK(!db.find({events.front().id})->event);
  CAF_CHECK(db.find({make(1).id})->event);
  // What fits still gets in, and all of it once there is room again.
  CAF_CHECK(db.write({make(100)}));
  raw.execute("pragma max_page_count = 100000");
  CAF_CHECK(db.write(events));
  CAF_CHECK_EQUAL(place.open()->summarize()->routes.at(0).pending, 100u);
}

CAF_TEST(a file that is damaged under an open store) {
  auto db = place.open();
  CAF_CHECK(db->add({"order", "mail"}));
  std::vector<event> events;
  for (uint8_t n = 1; n < 20; ++n)
    events.push_back(make(n, 10'000));
  CAF_CHECK(db->write(events));
  place.execute("pragma wal_checkpoint(truncate)");
  std::filesystem::resize_file(place.file(), 5 * 4096);
  auto failures = 0;
  for (auto& x : events)
    if (auto found = db->find({x.id}); !found) {
      ++failures;
      CAF_REQUIRE_EQUAL(code_of(found.error()), errc::storage_failed);
    }
  CAF_CHECK_GREATER(failures, 0);
  CAF_CHECK_EQUAL(code(db->write({make(200)})), errc::storage_failed);
}

CAF_TEST(a handler has a time of its own) {
  auto options = place.options();
  options.deadline = 100ms;
  auto db = std::move(*place.try_open(options));
  auto route = db->add({"order", "mail"})->route;
  CAF_CHECK(db->write({make(1)}));
  uuid owner{};
  owner.data[0] = 7;
  auto claimed = *db->claim({owner, {{route, 1}}, 1, 60s, 5});
  auto tx = std::move(*db->begin(10s));
  std::this_thread::sleep_for(200ms);
  CAF_CHECK(tx->run(sql("select 1")));
  tx.reset();
  tx = std::move(*db->begin(100ms));
  std::this_thread::sleep_for(200ms); // the commit has a time of its own
  settlement end;
  end.lease = claimed.claimed.at(0).lease;
  // Some steps, so that SQLite looks at the clock.
  end.effects = {sql("with recursive c(n) as (select 1 union all select n + 1 "
                     "from c limit 1000) select count(*) from c")};
  CAF_CHECK(tx->settle(end)->committed);
  tx.reset();
  tx = std::move(*db->begin(200ms));
  CAF_CHECK_EQUAL(code(tx->run(sql(endless))), errc::timeout);
}

CAF_TEST_FIXTURE_SCOPE_END()
