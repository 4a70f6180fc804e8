#include "postgres_fixture.hpp"
#include "tcp_proxy.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/failure.hpp"
#include "../../storage/postgres/transaction.hpp"

#include <future>

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Calls a verb and returns the error that it must end with.
  template <class T>
  static caf::error error_of(caf::expected<T> x) {
    if (x)
      CAF_FAIL("no error");
    return std::move(x.error());
  }

  template <class T>
  static errc code_of(caf::expected<T> x) {
    return inbox::code_of(error_of(std::move(x)));
  }

  /// Checks that a store answers nothing any more.
  static void check_given_up(store& db) {
    CAF_CHECK_EQUAL(code_of(db.find({id(1)})), errc::connection_lost);
    CAF_CHECK_EQUAL(code_of(db.write({make(1)})), errc::connection_lost);
  }

  /// Checks that a store still works.
  static void check_alive(store& db) {
    CAF_CHECK(db.summarize());
  }

  caf::error open_error(const std::string& url) const {
    auto options = place.options();
    options.connect_timeout = 1s;
    options.url = url;
    return error_of(open_postgres_store(options));
  }

  store_options with(std::string url) const {
    auto result = hasty_options();
    result.url = std::move(url);
    return result;
  }

  /// Ends the server's side of all other connections.
  void terminate_others() {
    client.run("select pg_terminate_backend(pid) from pg_stat_activity "
               "where application_name = 'caf-inbox'");
  }

  /// Waits until a statement on our tables waits for a lock.
  void await_blocked() {
    while (client.number("select count(*) from pg_stat_activity where "
                         "application_name = 'caf-inbox' "
                         "and wait_event_type = 'Lock'")
           == 0)
      std::this_thread::sleep_for(1ms);
  }

  bool is_written(uint32_t n) {
    return get(open()->find({id(n)})).event.has_value();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(failure_tests, fixture)

CAF_TEST(states are classed by what to do) {
  using inbox::postgres::class_of;
  for (auto state : {"08006", "08P01", "57P01", "57P02", "57P03", "25P03"})
    CAF_CHECK_EQUAL(class_of(state), errc::connection_lost);
  for (auto state : {"40001", "40P01", "55P03", "53300"})
    CAF_CHECK_EQUAL(class_of(state), errc::busy);
  for (auto state : {"42P01", "3F000", "42703"})
    CAF_CHECK_EQUAL(class_of(state), errc::schema_mismatch);
  for (auto state : {"53100", "42501", "25006", "28P01", "3D000", "XX000", ""})
    CAF_CHECK_EQUAL(class_of(state), errc::storage_failed);
  CAF_CHECK_EQUAL(class_of("57014"), errc::timeout);
}

CAF_TEST(a refused connection) {
  auto err = open_error("postgresql://127.0.0.1:1/?password=swordfish");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::connection_lost);
  CAF_CHECK_EQUAL(describe(err).find("swordfish"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(describe(err).find("port 1"), std::string::npos);
}

CAF_TEST(a server that never says anything) {
  tcp_proxy proxy{tcp_proxy::freeze};
  auto begin = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(inbox::code_of(open_error(proxy.url())),
                  errc::connection_lost);
  auto took = std::chrono::steady_clock::now() - begin;
  CAF_CHECK(took >= 1s && took < 3s);
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

CAF_TEST(too many connections) {
  auto user = table("user");
  client.run("create role " + user + " login password 'x' connection limit 0");
  auto err = open_error("postgresql://" + user + ":x@/");
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::busy);
  client.run("drop role " + user);
}

CAF_TEST(a connection that the server ended before a statement) {
  auto db = open();
  terminate_others();
  std::this_thread::sleep_for(50ms);
  // Nothing was sent, so the outcome is not in doubt.
  CAF_CHECK_EQUAL(code_of(db->write({make(1)})), errc::connection_lost);
  CAF_CHECK(!is_written(1));
  check_given_up(*db);
}

CAF_TEST(a connection that the server ends during a statement) {
  auto db = open();
  client.run("begin; lock table " + table("event"));
  auto result = std::async(std::launch::async,
                           [&] { return db->write({make(1)}); });
  await_blocked();
  terminate_others();
  // The server says that it gave up the statement.
  CAF_CHECK_EQUAL(code_of(result.get()), errc::connection_lost);
  client.run("rollback");
  CAF_CHECK(!is_written(1));
  check_given_up(*db);
}

CAF_TEST(a statement that takes longer than the server may) {
  auto db = open(hasty_options());
  client.run("begin; lock table " + table("event"));
  auto err = error_of(db->write({make(1)}));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::timeout);
  CAF_CHECK_NOT_EQUAL(describe(err).find("57014"), std::string::npos);
  client.run("rollback");
  CAF_CHECK(!is_written(1));
  check_given_up(*db);
}

CAF_TEST(each statement of a transaction may take that long) {
  // The one before has used up most of it.
  auto db = open(hasty_options());
  client.run("begin; lock table " + table("event"));
  auto result = std::async(std::launch::async, [&] {
    return db->erase({0, 10, 0s, true});
  });
  await_blocked();
  std::this_thread::sleep_for(200ms);
  client.run("commit; begin; lock table " + table("delivery"));
  await_blocked();
  std::this_thread::sleep_for(200ms);
  client.run("commit");
  CAF_CHECK(result.get());
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

CAF_TEST(a write whose answer does not come) {
  tcp_proxy proxy;
  auto db = open(with(proxy.url()));
  proxy.set(tcp_proxy::swallow_answers);
  auto begin = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(code_of(db->write({make(1)})), errc::outcome_unknown);
  auto took = std::chrono::steady_clock::now() - begin;
  CAF_CHECK(took >= 700ms && took < 2s);
  CAF_CHECK(is_written(1));
  check_given_up(*db);
  auto again = get(open()->write({make(1)}));
  CAF_CHECK_EQUAL(again.receipts[0].result, write_result::duplicate);
}

CAF_TEST(a write whose connection breaks before the answer) {
  tcp_proxy proxy;
  auto db = open(with(proxy.url()));
  proxy.set(tcp_proxy::hang_up_on_answer);
  CAF_CHECK_EQUAL(code_of(db->write({make(1)})), errc::outcome_unknown);
  CAF_CHECK(is_written(1));
  check_given_up(*db);
}

CAF_TEST(a transaction whose connection breaks before its commit) {
  open();
  tcp_proxy proxy;
  auto db = open(with(proxy.url()));
  client.run("begin; lock table " + table("event"));
  auto result = std::async(std::launch::async, [&] {
    return db->erase({0, 10, 0s, true});
  });
  await_blocked();
  proxy.set(tcp_proxy::hang_up_on_answer);
  client.run("rollback");
  // The commit was not sent yet, so there is no doubt.
  CAF_CHECK_EQUAL(code_of(result.get()), errc::connection_lost);
  check_given_up(*db);
}

CAF_TEST(a commit whose answer does not come) {
  using namespace inbox::postgres;
  for (auto mode : {tcp_proxy::swallow_answers, tcp_proxy::hang_up_on_answer}) {
    tcp_proxy proxy;
    auto options = with(proxy.url());
    connection on{get(connect(options)), options};
    {
      auto tx = get(transaction::begin(on, after(700ms)));
      proxy.set(mode);
      auto err = tx.commit();
      CAF_CHECK_EQUAL(inbox::code_of(err), errc::outcome_unknown);
    }
    CAF_CHECK(on.lost());
  }
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

CAF_TEST(a write that never left) {
  tcp_proxy proxy;
  auto db = open(with(proxy.url()));
  proxy.set(tcp_proxy::freeze);
  auto large = make(1);
  large.payload = std::string(16 * 1024 * 1024, 'x');
  // The commit is behind the payload, which does not fit into the buffers.
  CAF_CHECK_EQUAL(code_of(db->write({large})), errc::timeout);
  CAF_CHECK(!is_written(1));
  check_given_up(*db);
}

CAF_TEST(a read whose answer does not come) {
  tcp_proxy proxy;
  auto db = open(with(proxy.url()));
  proxy.set(tcp_proxy::swallow_answers);
  CAF_CHECK_EQUAL(code_of(db->find({id(1)})), errc::timeout);
  check_given_up(*db);
}

CAF_TEST(a read whose connection breaks) {
  tcp_proxy proxy;
  auto db = open(with(proxy.url()));
  proxy.set(tcp_proxy::hang_up_on_answer);
  CAF_CHECK_EQUAL(code_of(db->summarize()), errc::connection_lost);
  check_given_up(*db);
}

CAF_TEST(a server that only reads) {
  open();
  auto db = open(
    with("postgresql://?options=-c%20default_transaction_read_only%3Don"));
  auto err = error_of(db->write({make(1)}));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::storage_failed);
  CAF_CHECK_NOT_EQUAL(describe(err).find("25006"), std::string::npos);
  check_alive(*db);
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
             + " alter written_at type text using 'x'");
  CAF_CHECK_EQUAL(code_of(db->find({id(1)})), errc::schema_mismatch);
}

CAF_TEST(errors do not quote payloads) {
  auto db = open();
  client.run("alter table " + table("event")
             + " add check (length(payload) < 5)");
  auto bad = make(1);
  bad.payload = "swordfish";
  auto err = error_of(db->write({bad}));
  CAF_CHECK_EQUAL(inbox::code_of(err), errc::storage_failed);
  CAF_CHECK_EQUAL(describe(err).find("swordfish"), std::string::npos);
  CAF_CHECK_EQUAL(describe(err).find("73776f7264"), std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
