#include "postgres_fixture.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/statement.hpp"

#include <future>
#include <set>
#include <thread>

// The queue, out of which a claim takes deliveries by a row for all of them.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Adds events that were written an hour ago, past the store.
  void fill(route_id route, long first, long count) {
    auto range = "generate_series(" + std::to_string(first) + ", "
                 + std::to_string(first + count - 1) + ") as n";
    sql_client passing; // so that the server counts at once
    passing.run("insert into " + table("event")
                + " (seq, id, written_at, unrouted, type, payload) "
                  "select n, gen_random_uuid(), now() - interval '1 hour', "
                  "false, 'order', 'x' from "
                + range + "; insert into " + table("queue")
                + " (event_seq, route_id, due, bytes) select n, "
                + std::to_string(route) + ", now() - interval '1 hour', 1 from "
                + range);
  }

  long queue_reads() {
    return stat("idx_tup_read", "pg_stat_user_indexes", "queue");
  }

  long count(const std::string& name) {
    return client.number("select count(*) from " + table(name));
  }

  static settle_deliveries all_done(const std::vector<claimed_delivery>& xs) {
    settle_deliveries result;
    for (auto& x : xs)
      result.settlements.push_back({x.lease, verdict::done, 0s, ""});
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(queue_tests, fixture)

CAF_TEST(what is done at once has two row versions) {
  constexpr long rounds = 20;
  constexpr long size = 100;
  auto db = open();
  auto mine = add_route(*db);
  auto foreign = get(db->add({"order", "foreign"})).route;
  fill(foreign, 1, 20000);
  fill(mine, 100001, 20000);
  db.reset();
  await_stat("n_tup_ins", "queue", 40000);
  auto scans = table_stat("seq_scan", "queue");
  db = open();
  // As a node does that claims ahead: what is settled is four claims old.
  std::vector<std::vector<claimed_delivery>> ahead;
  for (auto i = 0; i < rounds; ++i) {
    ahead.push_back(get(db->claim(demand(mine, size))).claimed);
    CAF_REQUIRE_EQUAL(ahead.back().size(), size_t{size});
    if (i >= 4)
      CAF_CHECK(get(db->settle(all_done(ahead[static_cast<size_t>(i - 4)])))
                  .lost.empty());
  }
  CAF_CHECK_EQUAL(count("claim"), 4);
  for (size_t i = rounds - 4; i < rounds; ++i)
    CAF_CHECK(get(db->settle(all_done(ahead[i]))).lost.empty());
  CAF_CHECK_EQUAL(count("claim"), 0);
  CAF_CHECK_EQUAL(count("delivery"), 0);
  db.reset();
  await_stat("n_tup_del", "queue", rounds * size);
  CAF_CHECK_EQUAL(table_stat("n_tup_del", "queue"), rounds * size);
  CAF_CHECK_EQUAL(table_stat("n_tup_upd", "queue"), 0);
  CAF_CHECK_EQUAL(table_stat("seq_scan", "queue"), scans);
  // One settlement makes one row, or two where it crosses a block's border.
  CAF_CHECK_LESS_OR_EQUAL(count("done"), rounds + 1);
  CAF_CHECK_EQUAL(client.number("select sum(deliveries) from " + table("done")),
                  rounds * size);
}

CAF_TEST(a claim reads on from where the last one ended) {
  constexpr uint32_t size = 100;
  constexpr uint32_t ahead = 40;
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1, 10000);
  for (uint32_t i = 0; i < ahead; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, size))).claimed.size(),
                      size_t{size});
  db.reset(); // so that the server counts at once
  await_stat("n_tup_ins", "claim", ahead);
  auto read = queue_reads();
  db = open();
  for (uint32_t i = 0; i < ahead; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, size))).claimed.size(),
                      size_t{size});
  db.reset();
  await_stat("n_tup_ins", "claim", 2 * ahead);
  // From the start each of them would read over 4,000 to 8,000. Some do, four a
  // second at most.
  CAF_CHECK_LESS(queue_reads() - read, 100'000);
}

CAF_TEST(what was written earlier and committed later is found) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1000, 500);
  // Whoever reads on from where it was would not find it for a while.
  for (auto i = 0; i < 3; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, 100))).claimed.size(), 100u);
  fill(mine, 1, 1);
  auto give_up = std::chrono::steady_clock::now() + 10s;
  std::set<event_seq> found;
  while (found.count(1) == 0) {
    CAF_REQUIRE(std::chrono::steady_clock::now() < give_up);
    for (auto& x : get(db->claim(demand(mine, 1))).claimed)
      CAF_REQUIRE(found.insert(x.lease.seq).second);
  }
}

CAF_TEST(what was written a moment earlier is found by the next claim) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1000, 100);
  client.run("update " + table("queue") + " set due = now()");
  CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, 50))).claimed.size(), 50u);
  fill(mine, 1, 1);
  auto next = get(db->claim(demand(mine, 1))).claimed;
  CAF_REQUIRE_EQUAL(next.size(), 1u);
  CAF_CHECK_EQUAL(next[0].lease.seq, 1);
}

CAF_TEST(plans that were made for empty tables are good for full ones) {
  constexpr long count = 20000;
  constexpr uint32_t size = 20;
  auto db = open();
  auto mine = add_route(*db);
  auto foreign = get(db->add({"refund", "foreign"})).route;
  std::string all;
  for (auto name : {"event", "queue", "claim", "done", "delivery"}) {
    all += (all.empty() ? "" : ", ") + table(name);
    client.run("alter table " + table(name)
               + " set (autovacuum_enabled = false)");
  }
  client.run("vacuum analyze " + all);
  auto work = [&](uint8_t group) {
    auto events = make_many(2 * size, group);
    for (size_t i = 0; i < size; ++i)
      events[i].ordering_key = "key " + std::to_string(i);
    get(db->write(events));
    get(db->write({make(0, group), make(1, group)})); // are there
    auto claimed = get(db->claim(demand(mine, 2 * size))).claimed;
    CAF_REQUIRE_EQUAL(claimed.size(), 2 * size);
    renew_leases longer{{}, 1min};
    settle_deliveries ends;
    for (size_t i = 0; i < claimed.size(); ++i) {
      if (i % 3 == 0)
        longer.leases.push_back(claimed[i].lease);
      ends.settlements.push_back(
        {claimed[i].lease, i % 5 == 0 ? verdict::dead : verdict::done, 0s, ""});
    }
    CAF_CHECK(get(db->renew(longer)).lost.empty());
    CAF_CHECK(get(db->settle(ends)).lost.empty());
    CAF_CHECK_EQUAL(get(db->settle(ends)).lost.size(), 2 * size);
    CAF_CHECK_EQUAL(get(db->find({id(0, group)})).deliveries.size(), 1u);
  };
  work(1);
  auto erased = get(db->erase({0, 1000, 0s, false}));
  CAF_CHECK_EQUAL(erased.events, 2 * size);
  fill(foreign, 100'000, count);
  client.run("insert into " + table("delivery")
             + " (event_seq, route_id, due, lease_token, progress,"
               " finished_at) select event_seq, 4711, due, 1, 3, now() from "
             + table("queue"));
  client.run(
    "insert into " + table("delivery")
    + " (event_seq, route_id, due, lease_token) select event_seq, 4712,"
      " now() + interval '1 hour', 1 from "
    + table("queue"));
  sql_client{}.run("select pg_stat_force_next_flush()");
  await_stat("n_tup_ins", "delivery", 2 * count);
  auto read = index_reads() + queue_reads()
              + stat("idx_tup_read", "pg_stat_user_indexes", "event");
  work(2);
  erased = get(db->erase({0, 2 * size, 0s, false}));
  CAF_CHECK_EQUAL(erased.events, 2 * size);
  db.reset();
  await_stat("n_tup_del", "event", 4 * size);
  CAF_CHECK_LESS(index_reads() + queue_reads()
                   + stat("idx_tup_read", "pg_stat_user_indexes", "event")
                   - read,
                 5000);
}

CAF_TEST(a claim that has not committed keeps others from its routes only) {
  auto db = open(hasty_options());
  auto mine = add_route(*db);
  auto other = get(db->add({"order", "other"})).route;
  fill(mine, 1, 10);
  fill(other, 11, 10);
  // Takes what a claim of the first route takes, and stands still.
  auto key = static_cast<int32_t>(
    postgres::stable_hash("caf-inbox claim " + place.options().prefix));
  client.run("begin; select pg_advisory_xact_lock(" + std::to_string(key) + ", "
             + std::to_string(mine) + ")");
  CAF_CHECK(!db->claim(demand(mine, 10)));
  CAF_CHECK_EQUAL(get(db->claim(demand(other, 10))).claimed.size(), 10u);
  client.run("rollback");
  CAF_CHECK_EQUAL(get(db->claim(demand(mine, 10))).claimed.size(), 10u);
}

CAF_TEST(what erases unfinished work waits for claims) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write({make(1)}));
  auto key = static_cast<int32_t>(
    postgres::stable_hash("caf-inbox claim " + place.options().prefix));
  client.run("begin; select pg_advisory_xact_lock(" + std::to_string(key) + ", "
             + std::to_string(mine) + ")");
  auto erased = std::async(std::launch::async, [&] {
    return db->erase({0, 9, 0s, true});
  });
  await_blocked();
  client.run("insert into " + table("claim")
             + " values (4711, now() + interval '1 hour', gen_random_uuid(), "
             + std::to_string(mine) + ", 1, '{1}'); commit");
  CAF_CHECK_EQUAL(get(erased.get()).events, 0u);
}

CAF_TEST(an expired claim is given out again one by one) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(6)));
  auto claimed = get(db->claim(demand(mine, 6))).claimed;
  get(db->settle({{{claimed[0].lease, verdict::done, 0s, ""},
                   {claimed[1].lease, verdict::failed, 1h, "no"}}}));
  CAF_CHECK(get(db->renew({{claimed[2].lease}, 1h})).lost.empty());
  place.advance(2min);
  auto again = get(db->claim(demand(mine, 2))).claimed;
  CAF_REQUIRE_EQUAL(again.size(), 2u);
  CAF_CHECK_EQUAL(again[0].event.id, claimed[3].event.id);
  CAF_CHECK_EQUAL(again[0].attempt, 2u);
  // The one that is left, though expired, is its holder's until it is taken.
  auto ends = get(db->settle(all_done(claimed)));
  CAF_CHECK_EQUAL(ends.lost.size(), 4u);
  CAF_CHECK_EQUAL(ends.ended_before.size(), 2u);
  CAF_CHECK_EQUAL(count("queue"), 0);
  CAF_CHECK_EQUAL(count("claim"), 0);
  CAF_CHECK(get(db->settle(all_done(again))).lost.empty());
  auto mail = get(db->summarize()).routes.at(0);
  CAF_CHECK_EQUAL(mail.done, 5u);
  CAF_CHECK_EQUAL(mail.failed, 1u);
}

CAF_TEST(a lease is renewed while it is being settled) {
  // Two connections of one node: whichever comes first, nothing is lost.
  auto one = open();
  auto two = open();
  auto mine = add_route(*one);
  for (uint8_t round = 0; round < 30; ++round) {
    get(one->write(make_many(20, round)));
    auto claimed = get(one->claim(demand(mine, 20))).claimed;
    CAF_REQUIRE_EQUAL(claimed.size(), 20u);
    renew_leases longer;
    longer.duration = 1min;
    for (auto& x : claimed)
      longer.leases.push_back(x.lease);
    auto renewed = std::async(std::launch::async,
                              [&] { return two->renew(longer); });
    auto settled = get(one->settle(all_done(claimed)));
    CAF_CHECK(settled.lost.empty());
    CAF_CHECK(renewed.get());
  }
  CAF_CHECK_EQUAL(count("claim"), 0);
  CAF_CHECK_EQUAL(get(one->summarize()).routes.at(0).done, 600u);
}

CAF_TEST(a token of another claim settles nothing) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(2)));
  auto first = get(db->claim(demand(mine, 1))).claimed.at(0).lease;
  auto second = get(db->claim(demand(mine, 1))).claimed.at(0).lease;
  auto wrong = first;
  wrong.token = second.token;
  CAF_CHECK_EQUAL(
    get(db->settle({{{wrong, verdict::done, 0s, ""}}})).lost.size(), 1u);
  CAF_CHECK_EQUAL(get(db->renew({{wrong}, 1h})).lost.size(), 1u);
  CAF_CHECK(get(db->settle({{{first, verdict::done, 0s, ""},
                             {second, verdict::done, 0s, ""}}}))
              .lost.empty());
}

CAF_TEST(erasing takes events out of what was done together) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(5)));
  auto claimed = get(db->claim(demand(mine, 5))).claimed;
  get(db->settle(all_done(claimed)));
  CAF_CHECK_EQUAL(count("done"), 1);
  auto first = get(db->erase({0, 2, 0s, false}));
  CAF_CHECK_EQUAL(first.events, 2u);
  CAF_CHECK_EQUAL(first.deliveries, 2u);
  CAF_CHECK_EQUAL(client.number("select deliveries from " + table("done")), 3);
  CAF_CHECK_EQUAL(get(db->summarize()).routes.at(0).done, 3u);
  CAF_CHECK_EQUAL(get(db->erase({first.next, 9, 0s, false})).deliveries, 3u);
  CAF_CHECK_EQUAL(count("done"), 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
