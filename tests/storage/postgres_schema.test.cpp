#include "postgres_fixture.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/connect.hpp"
#include "../../storage/postgres/migrate.hpp"
#include "../../storage/postgres/migrations.hpp"
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

  /// Makes the tables as an inbox of that version of them would have.
  void make_tables(size_t version) {
    client.run("create table " + table("schema")
               + " (version integer primary key)");
    for (size_t i = 0; i < version; ++i) {
      for (auto text : postgres::migrations()[i])
        client.run(postgres::statement{text, place.options().prefix}.text());
      client.run("insert into " + table("schema") + " values ("
                 + std::to_string(i + 1) + ")");
    }
  }

  /// Returns the statuses that people see, by event.
  std::string statuses() {
    return client.value("select coalesce(string_agg(status, ' ' "
                        "order by event_id), '') from "
                        + table("status"));
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
  CAF_CHECK(contains(describe(err), "only up to 6"));
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
                  "1 2 3 4 5 6");
}

CAF_TEST(tables of version 1 learn who waits for whom) {
  open();
  // Everything that was added since is taken back.
  client.run("drop view " + table("status") + "; create view " + table("status")
             + " as select 1 as x; drop table " + table("queue") + ", "
             + table("claim") + ", " + table("done") + "; drop index "
             + table("event_unrouted_ordered") + "; drop index "
             + table("delivery_free") + "; alter table " + table("delivery")
             + " drop column blocked; create index " + table("delivery_due")
             + " on " + table("delivery")
             + " (route_id, due, event_seq) where progress < 2; alter table "
             + table("event") + " drop column cause; delete from "
             + table("schema") + " where version > 1");
  client.run("insert into " + table("delivery")
             + " (event_seq, route_id, due, ordering_key, progress,"
               " finished_at) values"
               " (1, 1, now(), 'a', 2, now()), (2, 1, now(), 'a', 0, null),"
               " (3, 1, now(), 'a', 0, null), (4, 1, now(), 'b', 1, null),"
               " (5, 1, now(), null, 0, null), (6, 1, now(), null, 0, null),"
               " (4, 2, now(), 'a', 0, null), (5, 2, now(), 'a', 0, null),"
               " (7, 2, now(), 'a', 0, null); update "
             + table("delivery")
             + " set lease_owner = gen_random_uuid(), lease_until = now() "
               "where event_seq = 7");
  open();
  CAF_CHECK_EQUAL(client.value("select string_agg(event_seq || ':' || route_id,"
                               " ' ' order by event_seq) from "
                               + table("delivery") + " where blocked"),
                  "3:1 5:2");
}

CAF_TEST(tables of version 3 get a queue of batches) {
  make_tables(3);
  client.run("insert into " + table("route")
             + " (id, event_type, handler_key) overriding system value values "
               "(1, 'order', 'mail'); insert into "
             + table("event")
             + " (seq, id, written_at, unrouted, type, payload) overriding "
               "system value select n, ('b7000000-0000-0000-0000-00000000000' "
               "|| n - 1)::uuid, now(), false, 'order', 'payload' "
               "from generate_series(1, 6) n; insert into "
             + table("queue")
             + " select n, now(), 1, 7 from generate_series(2, 6) n; "
               "insert into "
             + table("done")
             + " (block, lease_token, finished_at, route_id,"
               " deliveries, event_seqs) values (0, 8, now(), 1, 1, '{1}'); "
               "insert into "
             + table("claim")
             + " values (8, now() + interval '1 hour', gen_random_uuid(), 1, 2,"
               " '{1,2,3}')");
  auto db = open();
  CAF_CHECK_EQUAL(statuses(), "done in_progress in_progress pending pending "
                              "pending");
  auto claimed = get(db->claim(demand(1, 9))).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 3u);
  CAF_CHECK_EQUAL(claimed[0].event.id, id(3));
  place.advance(2h);
  claimed = get(db->claim(demand(1, 2))).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 2u);
  CAF_CHECK_EQUAL(claimed[0].event.id, id(1));
  CAF_CHECK_EQUAL(claimed[0].attempt, 2u);
}

CAF_TEST(tables of version 5 learn of causes) {
  make_tables(5);
  client.run("insert into " + table("event")
             + " (id, written_at, unrouted, type, payload) values ("
               "'b7000000-0000-0000-0000-000000000001', now(), true, 'order',"
               " 'payload')");
  auto db = open();
  auto before = get(db->find({id(1)})).event;
  CAF_REQUIRE(before);
  CAF_CHECK(!before->cause);
  CAF_CHECK_EQUAL(before->payload.view(), "payload");
  auto x = make(2);
  x.cause = id(1);
  get(db->write({x}));
  CAF_CHECK(get(db->find({x.id})).event == x);
  // A node of before writes on, until it opens its store again.
  client.run("insert into " + table("event")
             + " (id, written_at, unrouted, type, payload) values ("
               "gen_random_uuid(), now(), true, 'order', 'late')");
  auto route = add_route(*db);
  CAF_CHECK_EQUAL(get(db->route({{route}, 9})).events, 3u);
  CAF_CHECK_EQUAL(get(db->claim(demand(route, 9))).claimed.size(), 3u);
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
