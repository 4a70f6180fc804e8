#include "postgres_failure_fixture.hpp"
#include "tcp_proxy.hpp"

#include "../../storage/postgres/transaction.hpp"

#include <future>

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(outage_tests, postgres_failure_fixture)

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

CAF_TEST(a connection that the server ended before a statement) {
  auto db = open();
  terminate_others();
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
  // Likewise in the middle of a transaction.
  CAF_CHECK_EQUAL(code_of(db->erase({0, 10, 0s, true})), errc::timeout);
  client.run("rollback");
  CAF_CHECK(!is_written(1));
  // The server said so itself and nothing is in doubt: the connection is good.
  CAF_CHECK_EQUAL(get(db->write({make(1)})).receipts[0].result,
                  write_result::unrouted);
  CAF_CHECK(is_written(1));
}

CAF_TEST(each statement of a transaction may take that long) {
  // The one before has used up most of it.
  auto options = place.options();
  options.statement_timeout = 1s;
  options.deadline = 5s;
  auto db = open(options);
  sql_client first;
  sql_client second; // both at once: nothing can slip through in between
  first.run("begin; lock table " + table("event"));
  second.run("begin; lock table " + table("delivery"));
  auto result = std::async(std::launch::async, [&] {
    return db->erase({0, 10, 0s, false});
  });
  await_blocked();
  std::this_thread::sleep_for(600ms);
  first.run("commit");
  std::this_thread::sleep_for(600ms);
  await_blocked();
  second.run("commit");
  CAF_CHECK(result.get());
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

CAF_TEST_FIXTURE_SCOPE_END()
