#include "postgres_failure_fixture.hpp"

using namespace inbox;
using namespace std::chrono_literals;

// Tables that somebody else owns, or made in another way.

namespace {

class fixture : public postgres_failure_fixture {
public:
  fixture() {
    user = table("user");
    client.run("create role " + user + " login nosuperuser password 'x'");
  }

  ~fixture() {
    client.run("drop owned by " + user + " cascade; drop role " + user);
  }

  std::string tables() {
    return "all tables in schema public to " + user + "; grant usage on "
           + "all sequences in schema public to " + user;
  }

  store_options as_user() {
    return with("postgresql://" + user + ":x@/");
  }

  std::string user;
};

struct rights_case {
  const char* what;
  /// The rights on all tables.
  const char* granted;
  bool opens;
  bool writes;
};

const rights_case cases[] = {
  {"none", "", false, false},
  {"to look", "select", true, false},
  {"to insert", "select, insert", true, true},
  {"all", "all", true, true},
};

struct shape_case {
  const char* what;
  const char* sql;
};

// "$" stands for the name of the table of events.
const shape_case shapes[] = {
  {"a missing column", "alter table $ drop column headers cascade"},
  {"a column of another name", "alter table $ rename column type to kind"},
  {"a number for a text",
   "alter table $ alter ordering_key type bigint using null"},
  {"a view", "alter table $ rename to $_x; create view $ as select 1 as seq"},
  {"no table", "drop table $ cascade"},
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(rights_tests, fixture)

CAF_TEST(tables of another owner are used as far as the rights go) {
  auto mine = open();
  auto route = add_route(*mine);
  uint8_t n = 0;
  for (auto& [what, granted, opens, writes] : cases) {
    CAF_MESSAGE(what);
    if (*granted != '\0')
      client.run("grant " + std::string{granted} + " on " + tables());
    auto db = open_postgres_store(as_user());
    CAF_CHECK_EQUAL(bool{db}, opens);
    if (!db) {
      CAF_CHECK_EQUAL(inbox::code_of(db.error()), errc::storage_failed);
      CAF_CHECK_NOT_EQUAL(describe(db.error()).find("42501"),
                          std::string::npos);
      continue;
    }
    auto written = (*db)->write({make(++n)});
    CAF_CHECK_EQUAL(bool{written}, writes);
    CAF_CHECK_EQUAL(is_written(n), writes);
    // The guard of an ordering key is locked, which takes the right to update.
    auto has_all = std::string{granted} == "all";
    auto ordered = make(++n);
    ordered.ordering_key = "a";
    CAF_CHECK_EQUAL(bool((*db)->write({ordered})), has_all);
    CAF_CHECK_EQUAL(is_written(n), has_all);
    auto claimed = (*db)->claim(demand(route, 9));
    CAF_CHECK_EQUAL(bool{claimed}, has_all);
    if (!claimed) {
      CAF_CHECK_EQUAL(inbox::code_of(claimed.error()), errc::storage_failed);
      CAF_CHECK_NOT_EQUAL(describe(claimed.error()).find("42501"),
                          std::string::npos);
    }
  }
}

CAF_TEST(tables of our version but of another shape are a mismatch) {
  for (auto& [what, sql] : shapes) {
    CAF_MESSAGE(what);
    open();
    std::string changes;
    for (auto c : std::string{sql})
      changes += c == '$' ? table("event") : std::string(1, c);
    client.run(changes);
    auto db = open_postgres_store(place.options());
    auto err = db ? error_of((*db)->write({make(1)})) : db.error();
    CAF_CHECK_EQUAL(inbox::code_of(err), errc::schema_mismatch);
    client.run("drop view if exists " + table("status"));
    for (auto* name :
         {"schema", "route", "delivery", "event_x", "queue", "claim", "done"})
      client.run("drop table if exists " + table(name) + " cascade");
    client.run("do $$ begin drop table " + table("event")
               + " cascade; exception when others then drop view if exists "
               + table("event") + "; end $$");
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
