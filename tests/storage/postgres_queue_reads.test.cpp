#include "postgres_queue_fixture.hpp"

#include <chrono>
#include <set>

// What claims and settlements out of the queue read and write.

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(queue_reads_tests, postgres_queue_fixture)

CAF_TEST(a batch has a row in each table) {
  constexpr long rounds = 20;
  constexpr long size = 256;
  auto db = open();
  auto mine = add_route(*db);
  auto foreign = get(db->add({"order", "foreign"})).route;
  fill(foreign, 0, 80 * size);
  fill(mine, 1000 * size, 80 * size);
  db.reset();
  await_stat("n_tup_ins", "queue", 160);
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
  CAF_CHECK_EQUAL(count("done"), rounds);
  CAF_CHECK_EQUAL(client.number("select sum(deliveries) from " + table("done")),
                  rounds * size);
  // The numbers are there as they are, behind 24 bytes that all arrays have.
  CAF_CHECK_EQUAL(client.number("select min(pg_column_size(event_seqs)) from "
                                + table("done")),
                  24 + 8 * size);
  db.reset();
  await_stat("n_tup_del", "claim", rounds);
  CAF_CHECK_EQUAL(table_stat("n_tup_ins", "claim"), rounds);
  CAF_CHECK_EQUAL(table_stat("n_tup_upd", "claim"), 0);
  CAF_CHECK_EQUAL(table_stat("n_tup_del", "claim"), rounds);
  CAF_CHECK_EQUAL(table_stat("n_tup_del", "queue"), rounds);
  CAF_CHECK_EQUAL(table_stat("n_tup_upd", "queue"), 0);
  CAF_CHECK_EQUAL(table_stat("seq_scan", "queue"), scans);
}

CAF_TEST(a claim reads on from where the last one ended) {
  constexpr uint32_t size = 100;
  constexpr uint32_t ahead = 40;
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1, 10000, 0);
  // As long as anybody may see what was there, the server keeps its entries.
  client.run(
    "begin isolation level repeatable read; select pg_current_xact_id()"
    "; select count(*) from "
    + table("queue"));
  for (uint32_t i = 0; i < ahead; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(reading_on(mine, size))).claimed.size(),
                      size_t{size});
  db.reset(); // so that the server counts at once
  await_stat("n_tup_ins", "claim", ahead * size);
  auto read = queue_reads();
  db = open();
  for (uint32_t i = 0; i < ahead; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(reading_on(mine, size))).claimed.size(),
                      size_t{size});
  db.reset();
  await_stat("n_tup_ins", "claim", 2 * ahead * size);
  // From the start each of them would read over 4,000 to 8,000: one does.
  CAF_CHECK_LESS(queue_reads() - read, 50'000);
  client.run("rollback");
}

CAF_TEST(a claim that looks at few rows says that there are more) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1, 4); // one row, so the next claim looks at few
  CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, 1000))).claimed.size(), 4u);
  fill(mine, 1000, 500, 0);
  std::vector<size_t> found;
  auto more = true;
  for (size_t sum = 4; more && found.size() < 9; sum += found.back()) {
    auto next = get(db->claim(demand(mine, 1000)));
    found.push_back(next.claimed.size());
    more = next.more;
    CAF_CHECK_EQUAL(more, sum + found.back() < 504);
  }
  CAF_CHECK_EQUAL(found, (std::vector<size_t>{8, 32, 128, 256, 76}));
}

CAF_TEST(what was written earlier and committed later is found) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1000, 500, 0);
  for (auto i = 0; i < 3; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(reading_on(mine, 100))).claimed.size(),
                      100u);
  fill(mine, 1, 1);
  for (auto& x : get(db->claim(reading_on(mine, 9))).claimed)
    CAF_CHECK_GREATER(x.lease.seq, 1);
  auto next = get(db->claim(demand(mine, 1))).claimed;
  CAF_REQUIRE_EQUAL(next.size(), 1u);
  CAF_CHECK_EQUAL(next[0].lease.seq, 1);
}

CAF_TEST(what was written a moment earlier is found while reading on) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1000, 100, 0);
  client.run("update " + table("queue") + " set due = now()");
  CAF_REQUIRE_EQUAL(get(db->claim(reading_on(mine, 50))).claimed.size(), 50u);
  fill(mine, 1, 1);
  auto next = get(db->claim(reading_on(mine, 1))).claimed;
  CAF_REQUIRE_EQUAL(next.size(), 1u);
  CAF_CHECK_EQUAL(next[0].lease.seq, 1);
}

CAF_TEST(leases that have run out are left while reading on) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1000, 100);
  CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, 10))).claimed.size(), 10u);
  place.advance(1h);
  CAF_CHECK_EQUAL(get(db->claim(reading_on(mine, 10))).claimed[0].attempt, 1u);
  CAF_CHECK_EQUAL(get(db->claim(demand(mine, 10))).claimed[0].attempt, 2u);
}

CAF_TEST(a claim that finds nothing reads nothing of what is finished) {
  constexpr long count = 20000;
  constexpr long rounds = 10;
  auto db = open();
  auto mine = add_route(*db);
  auto find_nothing = [&] {
    auto next = demand(mine, 1);
    CAF_CHECK(get(db->claim(next)).claimed.empty());
    next.look_first = true;
    CAF_CHECK(get(db->claim(next)).claimed.empty());
  };
  // The plans are made while the table is empty, and stay.
  client.run("alter table " + table("delivery")
             + " set (autovacuum_enabled = false); analyze "
             + table("delivery"));
  find_nothing();
  sql_client{}.run( // and ends, so that the server counts at once
    "insert into " + table("delivery")
    + " (event_seq, route_id, due, progress, finished_at) select n, "
    + std::to_string(mine) + ", now(), 3, now() from generate_series(1, "
    + std::to_string(count) + ") as n");
  await_stat("n_tup_ins", "delivery", count);
  auto pages = [this] {
    return stat("idx_blks_hit + idx_blks_read", "pg_statio_user_indexes",
                "delivery");
  };
  auto read = pages();
  auto scans = table_stat("idx_scan", "delivery");
  for (auto i = 0; i < rounds; ++i)
    find_nothing();
  db.reset();
  await_stat("idx_scan", "delivery", scans + 2 * rounds);
  CAF_CHECK_LESS(pages() - read, 10 * rounds);
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
  auto idle = open(); // which does not come upon others than those of the queue
  auto work = [&](uint8_t group) {
    get(idle->write({make(2 * size, group)}));
    auto next = demand(mine, 1);
    next.look_first = true;
    auto one = get(idle->claim(next)).claimed;
    CAF_REQUIRE_EQUAL(one.size(), 1u);
    CAF_CHECK(get(idle->settle(all_done(one))).lost.empty());
    CAF_CHECK(get(idle->claim(next)).claimed.empty());
    CAF_CHECK(get(idle->claim(demand(mine, 1))).claimed.empty());
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
  CAF_CHECK_EQUAL(erased.events, 2 * size + 1);
  fill(foreign, 100'000, count, 0);
  sql_client{}.run( // and ends, so that the server counts at once
    "insert into " + table("claim")
    + " (token, lease_until, owner, route_id, block, due, event_seqs) "
      "select 1000000 + first_seq, now() + interval '1 hour', "
      "gen_random_uuid(), 4713, block, due, event_seqs from (select "
      "first_seq >> 8 as block, q.* from "
    + table("queue") + " q where route_id = " + std::to_string(foreign)
    + ") q; insert into " + table("delivery")
    + " (event_seq, route_id, due, lease_token, progress,"
      " finished_at) select s, 4711, due, 1, 3, now() from "
    + table("queue") + ", unnest(event_seqs) s; insert into "
    + table("delivery")
    + " (event_seq, route_id, due, lease_token) select s, 4712,"
      " now() + interval '1 hour', 1 from "
    + table("queue") + ", unnest(event_seqs) s");
  await_stat("n_tup_ins", "delivery", 2 * count);
  auto read = index_reads() + queue_reads()
              + stat("idx_tup_read", "pg_stat_user_indexes", "event");
  work(2);
  erased = get(db->erase({0, 2 * size + 1, 0s, false}));
  CAF_CHECK_EQUAL(erased.events, 2 * size + 1);
  db.reset();
  idle.reset();
  await_stat("n_tup_del", "event", 4 * size + 2);
  CAF_CHECK_LESS(index_reads() + queue_reads()
                   + stat("idx_tup_read", "pg_stat_user_indexes", "event")
                   - read,
                 5000);
}

CAF_TEST_FIXTURE_SCOPE_END()
