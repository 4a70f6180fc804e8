#include "postgres_failure_fixture.hpp"

#include "../../storage/postgres/statement.hpp"

#include <chrono>
#include <future>
#include <thread>

using namespace inbox;
using namespace std::chrono_literals;

// Effects that take their time, or their connection with them.

namespace {

class fixture : public postgres_failure_fixture {
public:
  store_ptr db = open(hasty_options());
  route_id mail = add_route(*db);

  /// Returns one lease per event, from the first.
  std::vector<lease> claim(uint32_t count) {
    get(db->write(make_many(count)));
    std::vector<lease> result;
    for (auto& x : get(db->claim(demand(mail, count))).claimed)
      result.push_back(x.lease);
    CAF_REQUIRE_EQUAL(result.size(), count);
    return result;
  }

  /// Returns the end of an attempt that sleeps so often for so many seconds.
  static settlement asleep(const lease& x, size_t count, double seconds) {
    settlement result;
    result.lease = x;
    for (size_t i = 0; i < count; ++i)
      result.effects.push_back(sql("select pg_sleep($1)", seconds));
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(settle_joint_tests, fixture)

CAF_TEST(effects may take longer together than one statement may) {
  auto held = claim(2);
  auto result = get(
    db->settle_joint({{asleep(held[0], 3, 0.15), asleep(held[1], 3, 0.15)}}));
  CAF_CHECK(result.lost.empty() && result.refused.empty());
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 2);
}

CAF_TEST(effects that took long are undone for another one) {
  auto held = claim(3);
  settlement refused;
  refused.lease = held[1];
  refused.effects.push_back(sql("select 1 / 0"));
  auto result = get(db->settle_joint(
    {{asleep(held[0], 5, 0.15), refused, asleep(held[2], 1, 0)}}));
  CAF_REQUIRE_EQUAL(result.refused.size(), 1u);
  CAF_CHECK(result.refused[0].lease == held[1]);
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 2);
}

CAF_TEST(whom the commit refuses is found by executing all once more) {
  auto debts = table("debt");
  auto runs = table("run");
  client.run("create table " + debts
             + " (id integer, "
               "n integer unique deferrable initially deferred)");
  client.run("create sequence " + runs); // counts what is undone as well
  auto held = claim(32);
  settle_jointly ask;
  for (int64_t i = 0; i < 32; ++i) {
    auto& x = ask.settlements.emplace_back();
    x.lease = held[static_cast<size_t>(i)];
    x.effects.push_back(sql("select nextval('" + runs + "')"));
    for (int64_t id : {1, 2})
      x.effects.push_back(
        sql("insert into " + debts + " values ($1, $2)", id, i));
    if (i != 21) // what is put right in time is right
      x.effects.push_back(
        sql("delete from " + debts + " where id = 2 and n = $1", i));
  }
  auto result = get(db->settle_joint(ask));
  CAF_REQUIRE_EQUAL(result.refused.size(), 1u);
  CAF_CHECK(result.refused[0].lease == held[21]);
  CAF_CHECK_EQUAL(result.refused[0].reason.substr(0, 22),
                  "at the commit: 23505: ");
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 31);
  // All; up to that one; those before it; those behind it.
  CAF_CHECK_EQUAL(client.number("select last_value from " + runs),
                  32 + 22 + 21 + 10);
}

CAF_TEST(an effect that takes too long holds up no others) {
  auto held = claim(3);
  auto result = get(db->settle_joint(
    {{asleep(held[0], 1, 0), asleep(held[1], 1, 1), asleep(held[2], 1, 0)}}));
  CAF_REQUIRE_EQUAL(result.refused.size(), 1u);
  CAF_CHECK(result.refused[0].lease == held[1]);
  CAF_CHECK_EQUAL(result.refused[0].reason.substr(0, 18), "effects[0]: 57014:");
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 2);
}

CAF_TEST(after a deadlock effects are executed alone) {
  auto pairs = table("pair");
  client.run("create table " + pairs + " (id integer primary key, n integer)");
  client.run("insert into " + pairs + " values (1, 0), (2, 0)");
  auto add = [&pairs](settlement& to, int id) {
    to.effects.push_back(
      sql_on_rows(1, "update " + pairs + " set n = n + 1 where id = $1", id));
  };
  auto options = place.options();
  std::vector<store_ptr> stores;
  stores.push_back(open(options));
  stores.push_back(open(options));
  auto held = claim(4);
  auto settle_both = [&](size_t first, double pause) {
    std::vector<std::future<bool>> result;
    for (size_t i = 0; i < 2; ++i)
      result.push_back(std::async(std::launch::async, [&, i, first, pause] {
        settlement end;
        end.lease = held[first + i];
        add(end, i == 0 ? 1 : 2);
        end.effects.push_back(sql("select pg_sleep($1)", pause));
        add(end, i == 0 ? 2 : 1);
        auto came = stores[i]->settle_joint({{end}});
        return came && came->lost.empty() && came->refused.empty();
      }));
    return result;
  };
  for (auto& x : settle_both(0, 0.5))
    CAF_CHECK(x.get());
  auto key = postgres::stable_hash("caf-inbox effects " + options.prefix);
  client.run("begin; select pg_advisory_xact_lock_shared("
             + std::to_string(static_cast<int64_t>(key)) + ")");
  auto rest = settle_both(2, 0);
  await_blocked(); // whoever was the victim
  client.run("commit");
  for (auto& x : rest)
    CAF_CHECK(x.get());
  CAF_CHECK_EQUAL(client.number("select min(n) from " + pairs), 4);
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 4);
}

CAF_TEST(effects that end their connection leave nothing behind) {
  auto held = claim(2);
  settlement end;
  end.lease = held[1];
  end.effects.push_back(sql("select pg_terminate_backend(pg_backend_pid())"));
  auto both = db->settle_joint({{asleep(held[0], 1, 0), end}});
  CAF_CHECK_EQUAL(code_of(std::move(both)), errc::outcome_unknown);
  db = open(hasty_options());
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 0);
  settle_jointly rest{{asleep(held[0], 1, 0)}, true};
  CAF_CHECK(get(db->settle_joint(rest)).lost.empty());
}

CAF_TEST(a handler may take longer than a verb) {
  auto held = claim(1);
  auto tx = get(db->begin(1s));
  CAF_CHECK(tx->run(sql("select pg_sleep(0.8)")));
  for (auto i = 0; i < 2; ++i)
    PQclear(PQexec(get(tx->postgres()), "select pg_sleep(0.9)"));
  auto came = get(tx->settle(asleep(held[0], 0, 0)));
  CAF_CHECK(came.committed);
  tx.reset();
  CAF_CHECK_EQUAL(count("status", "status = 'done'"), 1);
}

CAF_TEST(a handler may take no longer than it was given) {
  auto tx = get(db->begin(200ms));
  CAF_CHECK(!tx->run(sql("select pg_sleep(1)")));
  tx.reset();
  tx = get(db->begin(200ms));
  auto* conn = get(tx->postgres());
  std::this_thread::sleep_for(400ms);
  auto* answer = PQexec(conn, "select 1");
  CAF_CHECK(PQresultStatus(answer) == PGRES_FATAL_ERROR);
  PQclear(answer);
}

CAF_TEST(effects are not to blame for a connection that was lost before) {
  auto held = claim(1);
  terminate_others();
  CAF_CHECK_EQUAL(code_of(db->settle_joint({{asleep(held[0], 1, 0)}})),
                  errc::connection_lost);
}

CAF_TEST_FIXTURE_SCOPE_END()
