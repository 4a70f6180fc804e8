#include "postgres_fixture.hpp"

#include "../../storage/postgres/transaction.hpp"

#include <csignal>

using namespace inbox;
using namespace inbox::postgres;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  connection on{get(connect(place.options())), place.options()};

  /// Runs a statement as a verb does.
  caf::expected<std::string> ask(const std::string& text) {
    statement what{text, ""};
    return first(on.run({{&what, {}}}, effect::none, after(5s)));
  }

  /// Runs a statement without the settings that open a transaction.
  std::string ask_bare(const std::string& text) {
    statement what{text, ""};
    return get(first(on.run_bare({{&what, {}}}, effect::none, after(5s))));
  }

private:
  static caf::expected<std::string>
  first(caf::expected<std::vector<rows>> answer) {
    if (!answer)
      return std::move(answer.error());
    auto& result = answer->front();
    return result.size() > 0 ? result.get<std::string>(0, 0) : std::string{};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(connection_tests, fixture)

CAF_TEST(what is set for a statement ends with it) {
  auto names = {"statement_timeout", "idle_in_transaction_session_timeout",
                "jit"};
  std::vector<std::string> before;
  for (std::string name : names)
    before.push_back(ask_bare("select current_setting('" + name + "')"));
  auto timeout = get(ask("select current_setting('statement_timeout')"));
  CAF_CHECK_EQUAL(timeout, "5s");
  CAF_CHECK_NOT_EQUAL(timeout, before[0]);
  CAF_CHECK_EQUAL(get(ask("select current_setting('jit')")), "off");
  CAF_CHECK_EQUAL(
    get(ask("select current_setting('idle_in_transaction_session_timeout')")),
    "8s");
  std::vector<std::string> after;
  for (std::string name : names)
    after.push_back(ask_bare("select current_setting('" + name + "')"));
  CAF_CHECK(after == before);
}

CAF_TEST(a connection says who it is) {
  CAF_CHECK_EQUAL(get(ask("select current_setting('application_name')")),
                  "caf-inbox");
  auto options = place.options();
  options.url = "postgresql://?application_name=mine";
  connection named{get(connect(options)), options};
  statement what{"select current_setting('application_name')", ""};
  auto answer = get(named.run({{&what, {}}}, effect::none, after(5s)));
  CAF_CHECK_EQUAL(answer.front().get<std::string>(0, 0), "mine");
}

CAF_TEST(statements are planned once) {
  // The server likes a plan for these very elements better than one for any.
  statement what{"select x from unnest($1::integer[]) as y(x)", ""};
  for (auto n = 1; n <= 8; ++n) {
    column<int32_t> numbers;
    for (auto i = 0; i < n; ++i)
      numbers.push(i);
    auto answer = get(on.run({{&what, params::of(std::move(numbers))}},
                             effect::none, after(5s)));
    CAF_CHECK_EQUAL(answer.front().size(), n);
  }
  CAF_CHECK_EQUAL(ask_bare("select custom_plans || ', ' || generic_plans from "
                           "pg_prepared_statements where name = '"
                           + what.name() + "'"),
                  "0, 8");
}

CAF_TEST(another session behind a pooler does not know our statements) {
  CAF_CHECK_EQUAL(get(ask("select 'x'")), "x");
  ask_bare("deallocate all");
  CAF_CHECK_EQUAL(get(ask("select 'x'")), "x");
  // From then on nothing is left behind on the server.
  ask_bare("deallocate all");
  CAF_CHECK_EQUAL(get(ask("select 'y'")), "y");
  CAF_CHECK_EQUAL(ask_bare("select count(*)::text from pg_prepared_statements"),
                  "0");
}

CAF_TEST(another session behind a pooler may have our statements) {
  statement what{"select 'x'", ""};
  ask_bare("prepare " + what.name() + " as select 'x'");
  CAF_CHECK_EQUAL(get(ask("select 'x'")), "x");
  CAF_CHECK_EQUAL(get(ask("select 'x'")), "x");
}

CAF_TEST(a table that changed under a statement) {
  client.run("create table " + table("x") + " (a text); insert into "
             + table("x") + " values ('x')");
  auto text = "select * from " + table("x");
  CAF_CHECK_EQUAL(get(ask(text)), "x");
  client.run("alter table " + table("x") + " add b text");
  CAF_CHECK_EQUAL(get(ask(text)), "x");
}

CAF_TEST(an error leaves a good connection usable) {
  for (auto i = 0; i < 3; ++i) {
    CAF_CHECK(!ask("select 1 / 0"));
    CAF_CHECK(!ask("selec"));
    CAF_CHECK_EQUAL(get(ask("select 'x'")), "x");
  }
  CAF_CHECK(!on.lost());
}

CAF_TEST(an error undoes all steps) {
  client.run("create table " + table("x") + " (n int primary key)");
  statement insert{"insert into {p}_x values (1)", place.options().prefix};
  CAF_CHECK(
    !on.run({{&insert, {}}, {&insert, {}}}, effect::commits, after(5s)));
  CAF_CHECK_EQUAL(client.number("select count(*) from " + table("x")), 0);
}

CAF_TEST(what has an effect runs at read committed whatever the default is) {
  auto options = place.options();
  options.url = "postgresql://?options="
                "-c%20default_transaction_isolation%3Dserializable";
  connection other{get(connect(options)), options};
  statement what{"select current_setting('transaction_isolation') || ', ' || "
                 "current_setting('default_transaction_isolation')",
                 ""};
  for (auto i = 0; i < 2; ++i) {
    auto during = get(other.run({{&what, {}}}, effect::commits, after(5s)));
    CAF_REQUIRE_EQUAL(during.size(), 1u);
    CAF_CHECK_EQUAL(during.front().get<std::string>(0, 0),
                    "read committed, serializable");
    during
      = get(other.run({{&what, {}}, {&what, {}}}, effect::none, after(5s)));
    CAF_REQUIRE_EQUAL(during.size(), 2u);
    CAF_CHECK_EQUAL(during.back().get<std::string>(0, 0),
                    "read committed, serializable");
    // One question needs none, and its answer is the first one all the same.
    during = get(other.run({{&what, {}}}, effect::none, after(5s)));
    CAF_REQUIRE_EQUAL(during.size(), 1u);
    CAF_CHECK_EQUAL(during.front().get<std::string>(0, 0),
                    "serializable, serializable");
    // Nothing is left for whoever gets the session from a pooler.
    auto later = get(other.run_bare({{&what, {}}}, effect::none, after(5s)));
    CAF_CHECK_EQUAL(later.front().get<std::string>(0, 0),
                    "serializable, serializable");
  }
}

CAF_TEST(the server has no reason to warn) {
  // It would write that into its log, for each of our transactions.
  auto conn = get(connect(place.options()));
  auto notices = 0;
  PQsetNoticeProcessor(
    conn.get(), [](void* n, const char*) { ++*static_cast<int*>(n); },
    &notices);
  connection quiet{std::move(conn), place.options()};
  statement what{"select 'x'", ""};
  CAF_CHECK(quiet.run({{&what, {}}}, effect::none, after(5s)));
  CAF_CHECK(transaction::begin(quiet, after(5s)));
  CAF_CHECK_EQUAL(notices, 0);
}

CAF_TEST(transactions see what was committed since their last statement) {
  client.run("alter role current_user set default_transaction_isolation to "
             "'repeatable read'");
  client.run("create table " + table("x") + " (n int)");
  {
    auto options = place.options();
    connection other{get(connect(options)), options};
    statement count{"select count(*) from {p}_x", options.prefix};
    auto tx = get(transaction::begin(other, after(5s)));
    CAF_CHECK_EQUAL(get(tx.run(count, {})).get<int64_t>(0, 0), 0);
    client.run("insert into " + table("x") + " values (1)");
    CAF_CHECK_EQUAL(get(tx.run(count, {})).get<int64_t>(0, 0), 1);
  }
  client.run("alter role current_user reset default_transaction_isolation");
}

CAF_TEST(a broken connection sends no signal) {
  auto before = std::signal(SIGPIPE, SIG_DFL); // which would end the test
  for (std::string sslmode : {"disable", "prefer"}) {
    auto options = place.options();
    options.url = "postgresql://?sslmode=" + sslmode;
    connection victim{get(connect(options)), options};
    client.run("select pg_terminate_backend(pid) from pg_stat_activity "
               "where application_name = 'caf-inbox'");
    std::this_thread::sleep_for(20ms);
    statement what{"select $1", ""};
    auto large = std::string(1024 * 1024, 'x');
    CAF_CHECK(
      !victim.run({{&what, params::of(large)}}, effect::none, after(5s)));
    CAF_CHECK(victim.lost());
  }
  std::signal(SIGPIPE, before);
}

CAF_TEST_FIXTURE_SCOPE_END()
