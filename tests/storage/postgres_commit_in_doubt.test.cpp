#include "postgres_failure_fixture.hpp"
#include "tcp_proxy.hpp"

using namespace inbox;
using namespace std::chrono_literals;

// The connection is lost at the very byte that commits, or at the answer to it.

namespace {

class fixture : public postgres_failure_fixture {
public:
  store_ptr first = open();
  tcp_proxy proxy;
  store_ptr db = open(with(proxy.url()));
  std::string mine = table("mine");
  lease held;

  fixture() {
    client.run("create table " + mine + " (n integer)");
    auto route = get(first->add({"order", "mail"})).route;
    get(first->write({make(1)}));
    held = get(first->claim(demand(route, 1))).claimed.at(0).lease;
  }

  settlement end(int n) const {
    settlement result;
    result.lease = held;
    result.effects = {sql("insert into " + mine + " values ($1)", n)};
    result.events = {make(7)};
    return result;
  }

  /// Returns what is in the database: "1 done" if it is.
  std::string found() {
    return std::to_string(client.number("select count(*) from " + mine)) + " "
           + to_string(get(first->find({id(1)})).deliveries.at(0).status);
  }

  /// Asks what has become of it, on another connection.
  settled_jointly ask(settlement x, bool in_doubt) {
    return get(first->settle_joint({{std::move(x)}, in_doubt}));
  }

  /// Runs a handler's own transaction up to the loss.
  void commit_own() {
    auto tx = get(db->begin(5s));
    get(tx->run(sql("insert into " + mine + " values ($1)", 1)));
    auto came = tx->settle(end(2));
    CAF_REQUIRE(!came);
    CAF_CHECK_EQUAL(inbox::code_of(came.error()), errc::outcome_unknown);
  }

  settlement sent() const {
    auto result = end(2);
    result.was_sent = true;
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(commit_in_doubt_tests, fixture)

CAF_TEST(effects whose commit was lost are executed again) {
  proxy.set(tcp_proxy::lose_commit);
  CAF_CHECK_EQUAL(code_of(db->settle_joint({{end(1)}})), errc::outcome_unknown);
  CAF_CHECK_EQUAL(found(), "0 in_progress");
  auto again = ask(end(1), true);
  CAF_CHECK(again.lost.empty() && again.refused.empty());
  CAF_CHECK_EQUAL(found(), "1 done");
  CAF_CHECK(is_written(7));
}

CAF_TEST(effects whose commit was not answered are not executed again) {
  proxy.set(tcp_proxy::lose_answer_to_commit);
  CAF_CHECK_EQUAL(code_of(db->settle_joint({{end(1)}})), errc::outcome_unknown);
  auto again = ask(end(1), true);
  CAF_CHECK(again.ended_before == (std::vector{held}));
  CAF_CHECK_EQUAL(found(), "1 done");
  CAF_CHECK(is_written(7));
}

CAF_TEST(a transaction of a handler whose commit was lost) {
  proxy.set(tcp_proxy::lose_commit);
  commit_own();
  CAF_CHECK_EQUAL(found(), "0 in_progress");
  auto asked = ask(sent(), false);
  CAF_REQUIRE_EQUAL(asked.refused.size(), 1u);
  CAF_CHECK(asked.refused[0].lease == held);
  CAF_CHECK_EQUAL(found(), "0 in_progress");
  CAF_CHECK(!is_written(7));
}

CAF_TEST(a transaction of a handler whose commit was not answered) {
  proxy.set(tcp_proxy::lose_answer_to_commit);
  commit_own();
  auto asked = ask(sent(), false);
  CAF_CHECK(asked.refused.empty());
  CAF_CHECK(asked.ended_before == (std::vector{held}));
  CAF_CHECK_EQUAL(found(), "2 done");
}

CAF_TEST_FIXTURE_SCOPE_END()
