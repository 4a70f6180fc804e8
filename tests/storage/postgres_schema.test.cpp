#include "postgres_fixture.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/connect.hpp"
#include "../../storage/postgres/migrate.hpp"
#include "../../storage/postgres/statement.hpp"

#include <future>

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Opens a store, which must fail, and checks that the tables are as before.
  caf::error open_error() {
    auto before = tables();
    auto result = open_postgres_store(place.options());
    CAF_CHECK_EQUAL(tables(), before);
    if (result)
      CAF_FAIL("no error");
    return std::move(result.error());
  }

  std::string tables() {
    return client.value("select coalesce(string_agg(tablename, ' ' "
                        "order by tablename), '') from pg_tables "
                        "where tablename like '"
                        + place.options().prefix + "\\_%'");
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(schema_tests, fixture)

CAF_TEST(opening makes the tables and opening again does not touch them) {
  open();
  auto version = "select string_agg(version || ' ' || xmin::text, ',') from "
                 + table("schema");
  auto before = client.value(version);
  open();
  CAF_CHECK_EQUAL(client.value(version), before);
}

CAF_TEST(opening tables that are up to date waits for nobody) {
  open();
  // Whoever migrates holds this.
  client.run("begin; lock table " + table("event")
             + " in access exclusive mode; select pg_advisory_xact_lock(l) "
               "from (select 1 as l) as s");
  open(hasty_options());
  client.run("rollback");
}

CAF_TEST(a newer schema) {
  open();
  client.run("insert into " + table("schema") + " values (4711)");
  auto err = open_error();
  CAF_CHECK_EQUAL(code_of(err), errc::schema_mismatch);
  CAF_CHECK(contains(describe(err), "4711"));
  CAF_CHECK(contains(describe(err), "only up to 7"));
}

CAF_TEST(a table of our name that has no version) {
  client.run("create table " + table("schema") + " (version int)");
  auto err = open_error();
  CAF_CHECK_EQUAL(code_of(err), errc::schema_mismatch);
  CAF_CHECK(contains(describe(err), table("schema")));
}

CAF_TEST(tables of our name that look different) {
  for (auto columns : {"(x int)", "(version text)", "(version bigint)"}) {
    client.run("create table " + table("schema") + " " + columns);
    auto err = open_error();
    CAF_CHECK_EQUAL(code_of(err), errc::schema_mismatch);
    CAF_CHECK(contains(describe(err), table("schema")));
    client.run("drop table " + table("schema"));
  }
}

CAF_TEST(a table in the way) {
  client.run("create table " + table("delivery") + " (x int)");
  auto err = open_error(); // also checks that no other table is left behind
  CAF_CHECK_EQUAL(code_of(err), errc::schema_mismatch);
  CAF_CHECK(contains(describe(err), table("delivery")));
}

CAF_TEST(many migrate at once) {
  std::vector<std::future<caf::expected<store_ptr>>> openings;
  for (auto i = 0; i < 8; ++i)
    openings.push_back(std::async(std::launch::async, [this] {
      return open_postgres_store(place.options());
    }));
  for (auto& x : openings)
    CAF_CHECK(get(x.get()) != nullptr);
  CAF_CHECK_EQUAL(client.value("select string_agg(version::text, ' ' order by "
                               "version) from "
                               + table("schema")),
                  "1 2 3 4 5 6 7");
}

CAF_TEST(two prefixes in one database do not see each other) {
  auto one = open();
  auto options = place.options();
  options.prefix += "_b";
  auto two = open(options);
  auto route = add_route(*one);
  get(two->write({make(1)}));
  get(one->write({make(2)}));
  CAF_CHECK(!get(one->find({id(1)})).event);
  CAF_CHECK(get(two->find({id(1)})).deliveries.empty());
  CAF_CHECK_EQUAL(get(one->claim(demand(route, 9))).size(), 1u);
  CAF_CHECK_EQUAL(get(two->claim(demand(route, 9))).size(), 0u);
}

CAF_TEST(a user without privileges in a schema of its own) {
  auto user = table("user");
  client.run("create role " + user
             + " login nosuperuser password 'x'; "
               "create schema "
             + user + " authorization " + user);
  auto options = place.options();
  // The default search path begins with the schema of the user's name.
  options.url = "postgresql://" + user + ":x@/";
  {
    auto db = open(options);
    auto route = add_route(*db);
    get(db->write({make(1)}));
    CAF_CHECK_EQUAL(get(db->claim(demand(route, 9))).size(), 1u);
    get(db->erase({0, 10, 0s, true}));
    CAF_CHECK(get(db->find({id(1)})).event);
  }
  CAF_CHECK_EQUAL(
    client.number("select count(*) from " + user + "." + table("event")), 1);
  client.run("drop owned by " + user + " cascade; drop role " + user);
}

CAF_TEST(a user who may not make tables) {
  auto user = table("user");
  client.run("create role " + user
             + " login nosuperuser password 'x'; "
               "revoke create on schema public from public");
  auto options = place.options();
  options.url = "postgresql://" + user + ":x@/";
  auto result = open_postgres_store(options);
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(code_of(result.error()), errc::storage_failed);
  CAF_CHECK(contains(describe(result.error()), "42501"));
  client.run("drop role " + user);
}

CAF_TEST(who waits for others to make the tables finds them) {
  // A session that others have used before, as behind a pooler, where it need
  // not look anything up in the catalogue any more.
  auto options = place.options();
  postgres::session on{get(postgres::connect(options)), options};
  get(on.run("select to_regclass('{p}_schema') is not null", {},
             postgres::effect::none));
  auto key = std::to_string(
    static_cast<int64_t>(postgres::stable_hash("caf-inbox " + options.prefix)));
  client.run("begin; select pg_advisory_xact_lock(" + key + ")");
  auto waiting = std::async(std::launch::async, [&on] {
    return postgres::migrate(on, missing_tables::make);
  });
  await_blocked();
  client.run("create table " + table("schema")
             + " (version integer primary key); insert into " + table("schema")
             + " values (1000); commit");
  CAF_CHECK(contains(describe(waiting.get()), "have version 1000"));
}

CAF_TEST(people can read how things stand) {
  auto db = open();
  CAF_CHECK_EQUAL(statuses(), "");
  get(db->write({make(1)}));
  CAF_CHECK_EQUAL(statuses(), "unrouted");
  auto route = add_route(*db);
  get(db->write(make_many(6)));
  CAF_CHECK_EQUAL(statuses(),
                  "pending pending pending pending pending pending");
  auto claimed = get(db->claim(demand(route, 4))).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 4u);
  get(db->settle({{{claimed[0].lease, verdict::done, 0s, ""},
                   {claimed[1].lease, verdict::failed, 1h, "no"},
                   {claimed[2].lease, verdict::dead, 0s, "never"}}}));
  auto rows = client.run("select event_type, handler_key, status, attempts, "
                         "finished_at is not null, message from "
                         + table("status") + " order by status");
  using texts = std::vector<std::string>;
  CAF_REQUIRE_EQUAL(rows.size(), 6u);
  CAF_CHECK_EQUAL(rows[0], (texts{"order", "mail", "dead", "1", "t", "never"}));
  CAF_CHECK_EQUAL(rows[1], (texts{"order", "mail", "done", "1", "t", ""}));
  CAF_CHECK_EQUAL(rows[2], (texts{"order", "mail", "failed", "1", "f", "no"}));
  CAF_CHECK_EQUAL(rows[3],
                  (texts{"order", "mail", "in_progress", "1", "f", ""}));
  CAF_CHECK_EQUAL(rows[4], (texts{"order", "mail", "pending", "0", "f", ""}));
}

CAF_TEST_FIXTURE_SCOPE_END()
