#include "local_test_stores.hpp"

#include "../../storage/sqlite/connection.hpp"
#include "../../storage/sqlite/statement.hpp"

#include <caf/test/dsl.hpp>

// A file that somebody else made, or that others use as well.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

struct file_case {
  const char* what;
  /// What the file has before it is opened.
  const char* sql;
  /// What the error says besides the file's name; null if there is none.
  const char* text;
};

const file_case cases[] = {
  {"nothing", "", nullptr},
  {"tables of an application",
   "create table orders (id integer primary key, event text);"
   "insert into orders values (1, 'kept'); create view schema as select 1;"
   "pragma user_version = 77; pragma application_id = 4711",
   nullptr},
  {"names that begin like ours",
   "create table inbox (x); create table inbox_events (x); "
   "create table inboxes_event (x)",
   nullptr},
  {"a table of our name", "create table inbox_event (x)", "inbox_event"},
  {"in capitals", "create table Inbox_Route (x)", "inbox_route"},
  {"a view of our name", "create view inbox_delivery as select 1",
   "inbox_delivery"},
  {"an index of our name",
   "create table t (x); create index inbox_event on t (x)", "inbox_event"},
  {"a view for a version", "create view inbox_schema as select 1 as x",
   "inbox_schema"},
  {"a table without a version", "create table inbox_schema (v)",
   "inbox_schema"},
  {"no row", "create table inbox_schema (version)", "inbox_schema"},
  {"a null",
   "create table inbox_schema (version); "
   "insert into inbox_schema values (null)",
   "inbox_schema"},
  {"a text",
   "create table inbox_schema (version); insert into inbox_schema values "
   "('2')",
   "inbox_schema"},
  {"a fraction",
   "create table inbox_schema (version); insert into inbox_schema values (1.5)",
   "inbox_schema"},
  {"a version of zero",
   "create table inbox_schema (version); insert into inbox_schema values (0)",
   "inbox_schema"},
  {"a version below zero",
   "create table inbox_schema (version); insert into inbox_schema values (-1)",
   "inbox_schema"},
  {"the greatest version",
   "create table inbox_schema (version); insert into inbox_schema values "
   "(9223372036854775807)",
   "9223372036854775807"},
  {"several versions",
   "create table inbox_schema (version); insert into inbox_schema values (2), "
   "(900)",
   "inbox_schema"},
};

std::string text_in(const std::string& file, const std::string& sql) {
  sqlite::connection db{file, 1s};
  sqlite::statement select{db, sql};
  auto rows = select.run();
  std::string result;
  while (rows.next())
    result += std::string{rows.text(0)} + "\n";
  return result;
}

constexpr auto all_tables = "select name || coalesce(sql, '') from "
                            "sqlite_master order by name";

} // namespace

CAF_TEST(what is not ours is refused or left alone) {
  for (auto& [what, sql, text] : cases) {
    CAF_MESSAGE(what);
    sqlite_test_store place{temporary_folder::fast_parent()};
    place.execute(sql);
    auto before = text_in(place.file(), all_tables);
    auto db = place.try_open(place.options());
    if (text != nullptr) {
      CAF_REQUIRE(!db);
      CAF_CHECK_EQUAL(code_of(db.error()), errc::schema_mismatch);
      auto found = describe(db.error());
      CAF_CHECK_NOT_EQUAL(found.find("inbox.db"), std::string::npos);
      CAF_CHECK_NOT_EQUAL(found.find(text), std::string::npos);
      CAF_CHECK_EQUAL(text_in(place.file(), all_tables), before);
      continue;
    }
    CAF_REQUIRE(db);
    CAF_CHECK((*db)->add({"order", "mail"}));
    event x;
    x.id.data[0] = 1;
    x.type = "order";
    CAF_CHECK((*db)->write({x}));
    CAF_CHECK(place.open()->find({x.id})->event);
  }
}

CAF_TEST(the tables of others are as they were) {
  sqlite_test_store place{temporary_folder::fast_parent()};
  place.execute(cases[1].sql);
  place.open();
  auto file = place.file();
  CAF_CHECK_EQUAL(text_in(file, "select event from orders"), "kept\n");
  CAF_CHECK_EQUAL(text_in(file, "pragma user_version"), "77\n");
  CAF_CHECK_EQUAL(text_in(file, "pragma application_id"), "4711\n");
}

CAF_TEST(tables of our version but of another shape fail with their name) {
  for (auto* table : {"event", "route", "delivery"}) {
    CAF_MESSAGE(table);
    sqlite_test_store place{temporary_folder::fast_parent()};
    place.open();
    auto name = std::string{"$"} + table;
    place.execute("drop table " + name + "; create table " + name
                  + " (x integer, seq integer, id blob)");
    // Whoever opens it does not look at each column; whoever uses it is told.
    auto db = place.open();
    event x;
    x.id.data[0] = 1;
    x.type = "order";
    CAF_CHECK(db->add({"order", "mail"}) || std::string{table} == "route");
    auto written = db->write({x});
    CAF_REQUIRE(!written);
    CAF_CHECK_EQUAL(code_of(written.error()), errc::storage_failed);
    CAF_CHECK_NOT_EQUAL(describe(written.error()).find("no"),
                        std::string::npos);
  }
}
