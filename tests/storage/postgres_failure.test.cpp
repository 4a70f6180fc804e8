#include "postgres_failure_fixture.hpp"

#include "../../storage/postgres/failure.hpp"
#include "../../storage/postgres/postgres_store.hpp"
#include "../../storage/postgres/transaction.hpp"

#include <future>

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(failure_tests, postgres_failure_fixture)

CAF_TEST(states are classed by what to do) {
  using inbox::postgres::class_of;
  for (auto state : {"08006", "08P01", "57P01", "57P02", "57P03", "25001",
                     "25006", "25P02", "25P03"})
    CAF_CHECK_EQUAL(class_of(state), errc::connection_lost);
  for (auto state : {"40001", "40P01", "55P03", "53300"})
    CAF_CHECK_EQUAL(class_of(state), errc::busy);
  for (auto state : {"42P01", "3F000", "42703"})
    CAF_CHECK_EQUAL(class_of(state), errc::schema_mismatch);
  for (auto state : {"22001", "22021", "22P02", "23502", "23514", "54000"})
    CAF_CHECK_EQUAL(class_of(state), errc::invalid);
  // Other rows are to blame, which may come and go.
  for (auto state : {"23503", "23505", "23P01"})
    CAF_CHECK_EQUAL(class_of(state), errc::storage_failed);
  for (auto state : {"53100", "42501", "28P01", "3D000", "XX000", ""})
    CAF_CHECK_EQUAL(class_of(state), errc::storage_failed);
  CAF_CHECK_EQUAL(class_of("57014"), errc::timeout);
}

CAF_TEST(wrong credentials are blamed on the url and not told) {
  client.run("drop role if exists " + table("user"));
  client.run("create role " + table("user") + " login password 'right'");
  auto err = open_error("postgresql://" + table("user") + ":swordfish@/");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::storage_failed);
  CAF_CHECK_EQUAL(field_of(err), "options.store.url");
  CAF_CHECK_EQUAL(describe(err).find("swordfish"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(describe(err).find("28P01"), std::string::npos);
  // A message that happens to hold the password: here the user's name.
  auto same = open_error("postgresql://swordfish:swordfish@/");
  CAF_CHECK_EQUAL(inbox::code_of(same), errc::storage_failed);
  CAF_CHECK_EQUAL(describe(same).find("swordfish"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(describe(same).find("28P01"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(describe(same).find("authentication failed"),
                      std::string::npos);
  // Even the state itself can be one.
  auto state = open_error("postgresql://" + table("user") + ":28P01@/");
  CAF_CHECK_EQUAL(inbox::code_of(state), errc::storage_failed);
  CAF_CHECK_NOT_EQUAL(describe(state).find("28P01"), std::string::npos);
  client.run("drop role " + table("user"));
}

CAF_TEST(an unknown database is blamed on the url) {
  auto err = open_error("postgresql:///no_such_database");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::storage_failed);
  CAF_CHECK_EQUAL(field_of(err), "options.store.url");
  CAF_CHECK_NOT_EQUAL(describe(err).find("3D000"), std::string::npos);
}

CAF_TEST(bad options are refused before connecting) {
  auto options = place.options();
  options.prefix = "x; drop table y";
  auto err = error_of(open_postgres_store(options));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::invalid);
  CAF_CHECK_EQUAL(field_of(err), "options.store.prefix");
  options = place.options();
  options.deadline = options.statement_timeout;
  err = error_of(open_postgres_store(options));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::invalid);
  CAF_CHECK_EQUAL(field_of(err), "options.store.deadline");
  err = open_error("sqlite:x.db");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::invalid);
  CAF_CHECK_EQUAL(field_of(err), "options.store.url");
}

CAF_TEST(a password in the name of the database is not told) {
  client.run("create role " + table("user") + " login password 'x%y'");
  for (std::string name : {"x%25y", "x%2525y"}) {
    auto err = open_error("postgresql://" + table("user") + ":x%25y@/" + name);
    CAF_CHECK_EQUAL(inbox::code_of(err), errc::storage_failed);
    CAF_CHECK_EQUAL(field_of(err), "options.store.url");
    CAF_CHECK_EQUAL(describe(err).find("x%"), std::string::npos);
    CAF_CHECK_NOT_EQUAL(describe(err).find("3D000"), std::string::npos);
    CAF_CHECK_NOT_EQUAL(describe(err).find("\"***\" does not exist"),
                        std::string::npos);
  }
  client.run("drop role " + table("user"));
}

CAF_TEST(too many connections) {
  auto user = table("user");
  client.run("create role " + user + " login password 'x' connection limit 0");
  auto err = open_error("postgresql://" + user + ":x@/");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::busy);
  client.run("drop role " + user);
}

CAF_TEST(a lock that cannot be had) {
  auto db = open(with("postgresql://?options=-c%20lock_timeout%3D50ms"));
  client.run("begin; lock table " + table("event"));
  CAF_CHECK_EQUAL(code_of(db->write({make(1)})), errc::busy);
  CAF_CHECK_EQUAL(code_of(db->erase({0, 10, 0s, true})), errc::busy);
  client.run("rollback");
  check_alive(*db); // the connection is good, also after a failed transaction
  CAF_CHECK(db->write({make(1)}));
}

CAF_TEST(a row that somebody else changes meanwhile is no error) {
  // Whatever isolation level the database or the user has as its default.
  auto options = place.options();
  options.url = "postgresql://?options="
                "-c%20default_transaction_isolation%3Dserializable";
  auto db = open(options);
  auto route = add_route(*db);
  for (auto name : {"delivery", "claim"}) {
    get(db->write({make(1), make(2)}));
    auto claimed = get(db->claim(demand(route, 2))).claimed;
    auto lease = claimed.at(0).lease;
    if (name == std::string{"delivery"}) // a lease of its own
      CAF_CHECK(get(db->renew({{lease}, 1min})).lost.empty());
    client.run("begin; update " + table(name) + " set route_id = route_id");
    auto result = std::async(std::launch::async, [&] {
      return db->settle({{{lease, verdict::done, 0s, ""}}});
    });
    await_blocked();
    client.run("commit");
    CAF_CHECK(get(result.get()).lost.empty());
    CAF_CHECK_EQUAL(get(db->erase({0, 9, 0s, true})).events, 1u);
    CAF_CHECK(get(db->settle({{{claimed.at(1).lease, verdict::done, 0s, ""}}}))
                .lost.empty());
    CAF_CHECK_EQUAL(get(db->erase({0, 9, 0s, true})).events, 1u);
  }
}

CAF_TEST(what only looks is ended by the server as well) {
  auto db = open(hasty_options());
  auto route = add_route(*db);
  get(db->write({make(1)}));
  auto check_ended = [](const caf::error& err) {
    CAF_CHECK_EQUAL(inbox::code_of(err), errc::timeout);
    CAF_CHECK_NOT_EQUAL(describe(err).find("57014"), std::string::npos);
  };
  auto request = demand(route, 1);
  request.look_first = true;
  client.run("begin; lock table " + table("event") + ", " + table("queue"));
  check_ended(error_of(db->find({id(1)})));
  check_ended(error_of(db->route({{route}, 9})));
  check_ended(error_of(db->claim(request)));
  client.run("rollback");
  // And the connection is as good as before.
  CAF_CHECK(get(db->find({id(1)})).event);
  CAF_CHECK_EQUAL(get(db->claim(request)).claimed.size(), 1u);
}

CAF_TEST(a transaction that is not committed is undone) {
  using namespace inbox::postgres;
  auto options = place.options();
  client.run("create table " + table("x") + " (n int)");
  connection on{get(connect(options)), options};
  statement insert{"insert into {p}_x values (1)", options.prefix};
  {
    auto tx = get(transaction::begin(on, after(1s)));
    CAF_CHECK(tx.run(insert, {}));
  }
  CAF_CHECK(!on.lost());
  CAF_CHECK_EQUAL(client.number("select count(*) from " + table("x")), 0);
  {
    auto tx = get(transaction::begin(on, after(1s)));
    CAF_CHECK(tx.run(insert, {}));
    CAF_CHECK(!tx.commit());
  }
  CAF_CHECK_EQUAL(client.number("select count(*) from " + table("x")), 1);
}

CAF_TEST(a server that only reads is not connected to) {
  // Opening would only read, and not find out by itself.
  open();
  auto err = open_error(
    "postgresql://?options=-c%20default_transaction_read_only%3Don");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::connection_lost);
  CAF_CHECK_NOT_EQUAL(describe(err).find("read-only"), std::string::npos);
}

CAF_TEST(a server that only reads from now on is given up) {
  using namespace inbox::postgres;
  auto db = open();
  auto route = add_route(*db);
  // What a session finds after a failover, each time for another verb.
  auto fail_over = [this] {
    auto options = place.options();
    session result{get(connect(options)), options};
    get(result.conn().run_bare(
      {{&result.sql("set default_transaction_read_only to on"), {}}},
      effect::none, after(5s)));
    return std::make_unique<postgres_store>(std::move(result));
  };
  auto check = [](store& over, const caf::error& err) {
    CAF_CHECK_EQUAL(inbox::code_of(err), errc::connection_lost);
    CAF_CHECK_NOT_EQUAL(describe(err).find("25006"), std::string::npos);
    check_given_up(over);
  };
  auto over = fail_over();
  check(*over, error_of(over->write({make(1)})));
  over = fail_over();
  check(*over, error_of(over->claim(demand(route, 1))));
  over = fail_over();
  check(*over, error_of(over->erase({0, 10, 0s, true})));
  CAF_CHECK(!is_written(1));
}

CAF_TEST(a transaction that breaks as it begins ends the connection) {
  using namespace inbox::postgres;
  auto options = place.options();
  auto conn = get(connect(options));
  options.statement_timeout = -5ms; // refused by the server, after the BEGIN
  connection on{std::move(conn), options};
  CAF_CHECK_EQUAL(code_of(transaction::begin(on, after(5s))), errc::invalid);
  CAF_CHECK(on.lost());
}

CAF_TEST(a session that somebody left in a broken transaction is given up) {
  using namespace inbox::postgres;
  auto options = place.options();
  session on{get(connect(options)), options};
  auto run = [&on](const char* text) {
    return on.conn().run_bare({{&on.sql(text), {}}}, effect::none, after(5s));
  };
  CAF_CHECK(run("begin"));
  CAF_CHECK(!run("select 1 / 0"));
  postgres_store db{std::move(on)};
  auto err = error_of(db.write({make(1)}));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::connection_lost);
  CAF_CHECK_NOT_EQUAL(describe(err).find("25P02"), std::string::npos);
  check_given_up(db);
}

CAF_TEST(a missing permission) {
  open();
  auto user = table("user");
  client.run("create role " + user + " login password 'x'");
  client.run("grant select on all tables in schema public to " + user);
  {
    auto db = open(with("postgresql://" + user + ":x@/"));
    CAF_CHECK(db->find({id(1)}));
    auto err = error_of(db->write({make(1)}));
    CAF_CHECK_EQUAL(inbox::code_of(err), errc::storage_failed);
    CAF_CHECK_NOT_EQUAL(describe(err).find("42501"), std::string::npos);
  }
  client.run("drop owned by " + user + "; drop role " + user);
}

CAF_TEST(tables that went away) {
  auto db = open();
  client.run("drop table " + table("delivery") + " cascade");
  CAF_CHECK_EQUAL(code_of(db->summarize()), errc::schema_mismatch);
}

CAF_TEST(columns that somebody else changed) {
  auto db = open();
  get(db->write({make(1)}));
  client.run("alter table " + table("event")
             + " alter date type text using 'x'");
  CAF_CHECK_EQUAL(code_of(db->find({id(1)})), errc::schema_mismatch);
}

CAF_TEST(errors do not quote payloads) {
  auto db = open();
  client.run("alter table " + table("event")
             + " add check (length(payload) < 5)");
  auto bad = make(1);
  bad.payload = "swordfish";
  auto err = error_of(db->write({bad}));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::invalid);
  CAF_CHECK_EQUAL(describe(err).find("swordfish"), std::string::npos);
  CAF_CHECK_EQUAL(describe(err).find("73776f7264"), std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
