#include "postgres_write_fixture.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <random>
#include <thread>

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(write_tests, postgres_write_fixture)

CAF_TEST(overlapping writers do not deadlock and store each event once) {
  constexpr uint32_t ids = 300;
  constexpr auto rounds = 12;
  add_route(*open());
  get(open()->add({"order", "audit"}));
  std::vector<std::future<std::map<uuid, int>>> writers;
  for (unsigned i = 0; i < 4; ++i)
    writers.push_back(std::async(std::launch::async, [&, i] {
      std::mt19937 random{i};
      auto db = open();
      std::map<uuid, int> stored;
      for (auto round = 0; round < rounds; ++round) {
        auto events = make_many(ids, static_cast<uint8_t>(round));
        std::shuffle(events.begin(), events.end(), random);
        for (auto& x : get(db->write(events)).receipts)
          if (x.result == write_result::stored) {
            must(x.handlers == 2, "not stored for both");
            ++stored[x.id];
          }
      }
      return stored;
    }));
  std::map<uuid, int> stored;
  for (auto& x : writers)
    for (auto& [key, n] : x.get())
      stored[key] += n;
  CAF_CHECK_EQUAL(stored.size(), ids * rounds);
  for (auto& [key, n] : stored)
    CAF_REQUIRE_EQUAL(n, 1);
  CAF_CHECK_EQUAL(count("event"), long{ids} * rounds);
  CAF_CHECK_EQUAL(count_deliveries(), long{ids} * rounds * 2);
}

CAF_TEST(writers that complete the same events do not deadlock) {
  constexpr uint32_t ids = 300;
  auto db = open();
  auto events = make_many(ids);
  for (auto& x : get(db->write(events)).receipts)
    CAF_CHECK_EQUAL(x.result, write_result::unrouted);
  for (auto round = 0; round < 5; ++round) {
    get(db->add({"order", "key " + std::to_string(round)}));
    std::vector<std::future<uint32_t>> writers;
    for (unsigned i = 0; i < 4; ++i)
      writers.push_back(std::async(std::launch::async, [&, i] {
        std::mt19937 random{i};
        auto mine = open();
        auto shuffled = events;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        uint32_t added = 0;
        for (auto& x : get(mine->write(shuffled)).receipts)
          added += x.handlers;
        return added;
      }));
    uint32_t added = 0;
    for (auto& x : writers)
      added += x.get();
    CAF_CHECK_EQUAL(added, ids);
    CAF_CHECK_EQUAL(count("event", "unrouted"), 0);
  }
}

CAF_TEST(writers of the same events wait for each other in the same order) {
  // Who has begun with the first id gets all the others, whatever the order of
  // the other call.
  auto db = open();
  auto events = make_many(9);
  std::reverse(events.begin(), events.end());
  client.run("set lock_timeout = '2s'");
  auto values = [](uint32_t n) {
    return "('" + to_string(id(n)) + "', now(), true, 'order', '')";
  };
  auto insert = "insert into " + table("event")
                + " (id, written_at, unrouted, type, payload) values ";
  client.run("begin; " + insert + values(0));
  auto result = std::async(std::launch::async,
                           [&] { return db->write(events); });
  await_blocked();
  for (uint32_t n = 1; n < 9; ++n)
    client.run(insert + values(n));
  client.run("commit");
  for (auto& x : get(result.get()).receipts)
    CAF_CHECK_EQUAL(x.result, write_result::duplicate);
}

CAF_TEST(writers complete the same events in the same order) {
  auto db = open();
  auto events = make_many(9);
  get(db->write(events));
  add_route(*db);
  std::reverse(events.begin(), events.end());
  client.run("set lock_timeout = '2s'");
  auto lock = [&](uint32_t n) {
    client.run("select from " + table("event") + " where id = '"
               + to_string(id(n)) + "' for no key update");
  };
  client.run("begin");
  lock(0);
  auto result = std::async(std::launch::async,
                           [&] { return db->write(events); });
  await_blocked();
  for (uint32_t n = 1; n < 9; ++n)
    lock(n);
  client.run("commit");
  for (auto& x : get(result.get()).receipts)
    CAF_CHECK_EQUAL(x.result, write_result::stored);
}

CAF_TEST(events are numbered in the order of writing) {
  auto db = open();
  auto events = make_many(50);
  std::shuffle(events.begin(), events.end(), std::mt19937{7});
  get(db->write(events));
  auto rows = client.run("select id from " + table("event") + " order by seq");
  CAF_REQUIRE_EQUAL(rows.size(), events.size());
  for (size_t i = 0; i < events.size(); ++i)
    CAF_CHECK_EQUAL(rows[i][0], to_string(events[i].id));
}

CAF_TEST(a write waits for another one of the same event that may not commit) {
  auto db = open();
  add_route(*db);
  for (auto end : {"rollback", "commit"}) {
    auto n = std::string{end} == "commit" ? 2u : 1u;
    client.run("begin; insert into " + table("event")
               + " (id, written_at, unrouted, type, payload) values ('"
               + to_string(id(n)) + "', now(), true, 'order', '')");
    auto result = std::async(std::launch::async,
                             [&] { return db->write({make(n)}); });
    await_blocked();
    client.run(end);
    // Either way, this one is the first to give it deliveries.
    CAF_CHECK_EQUAL(get(result.get()).receipts[0].result, write_result::stored);
    CAF_CHECK_EQUAL(count_deliveries(), long{n});
  }
  CAF_CHECK_EQUAL(count("event", "unrouted"), 0);
}

CAF_TEST(an event that is erased while it is written again is written anew) {
  auto db = open();
  auto other = open();
  get(db->write({make(1)}));
  add_route(*db);
  // The eraser has deleted it and not committed yet.
  client.run("begin; delete from " + table("event"));
  auto result = std::async(std::launch::async,
                           [&] { return other->write({make(1)}); });
  await_blocked();
  client.run("commit");
  CAF_CHECK_EQUAL(get(result.get()).receipts[0].result, write_result::stored);
  CAF_CHECK_EQUAL(count("event"), 1);
  CAF_CHECK_EQUAL(count_deliveries(), 1);
  check_no_orphans();
}

CAF_TEST(an event that vanishes while it is completed is written anew) {
  auto db = open();
  get(db->write({make(1)}));
  add_route(*db);
  // A lock lets it be found, and lets nobody add to it.
  client.run("begin; select from " + table("event") + " for update");
  auto result = std::async(std::launch::async,
                           [&] { return db->write({make(1)}); });
  await_blocked();
  client.run("delete from " + table("event") + "; commit");
  CAF_CHECK_EQUAL(get(result.get()).receipts[0].result, write_result::stored);
  CAF_CHECK_EQUAL(count("event"), 1);
  CAF_CHECK_EQUAL(count_deliveries(), 1);
  check_no_orphans();
}

CAF_TEST(erasing and completing the same events leaves no orphans) {
  constexpr uint32_t ids = 100;
  auto db = open();
  std::atomic<bool> stop{false};
  auto eraser = std::async(std::launch::async, [&] {
    auto mine = open();
    uint32_t erased = 0;
    while (!stop)
      erased += get(mine->erase({0, 1000, 0s, true})).events;
    return erased;
  });
  std::vector<std::future<void>> writers;
  for (uint8_t i = 0; i < 2; ++i)
    writers.push_back(std::async(std::launch::async, [&] {
      auto mine = open();
      for (auto round = 0; round < 25; ++round) {
        get(mine->add({"order", "key " + std::to_string(round)}));
        auto result = mine->write(make_many(ids));
        must(result || code_of(result.error()) == errc::busy, "no retry");
      }
    }));
  for (auto& x : writers)
    x.get();
  stop = true;
  CAF_CHECK_GREATER(eraser.get(), 0u);
  check_no_orphans();
}

CAF_TEST(erasing does not wait for who works on an event) {
  auto db = open(hasty_options());
  auto route = add_route(*db);
  get(db->write(make_many(3)));
  auto second = get(db->claim(demand(route, 2))).claimed.at(1).lease;
  // What is given back is not in the queue any more.
  get(db->settle({{{second, verdict::released, 0s, ""}}}));
  client.run("update " + table("claim") + " set lease_until = now()");
  client.run("begin; select from " + table("event") + " where id = '"
             + to_string(id(0)) + "' for no key update; select from "
             + table("delivery") + " d join " + table("event")
             + " e on e.seq = d.event_seq where e.id = '" + to_string(id(1))
             + "' for update of d");
  auto erased = get(db->erase({0, 10, 0s, true}));
  CAF_CHECK_EQUAL(erased.events, 1u);
  CAF_CHECK_EQUAL(erased.deliveries, 1u);
  client.run("rollback");
  CAF_CHECK_EQUAL(count_deliveries(), 2);
  CAF_CHECK_EQUAL(get(db->claim(demand(route, 9))).size(), 2u);
}

CAF_TEST(a large call is written in parts) {
  auto db = open();
  add_route(*db);
  auto events = make_many(5);
  for (auto& x : events)
    x.payload = std::string(16 * 1024 * 1024, 'x');
  for (auto& x : get(db->write(events)).receipts)
    CAF_CHECK_EQUAL(x.result, write_result::stored);
  CAF_CHECK_EQUAL(count("event", "length(payload) = 16777216"), 5);
  CAF_CHECK_GREATER(client.number("select count(distinct xmin::text) from "
                                  + table("event")),
                    1);
}

CAF_TEST(concurrent routing routes each event once) {
  constexpr uint32_t ids = 500;
  auto db = open();
  get(db->write(make_many(ids)));
  auto route = add_route(*db);
  std::vector<std::future<uint32_t>> routers;
  for (auto i = 0; i < 4; ++i)
    routers.push_back(std::async(std::launch::async, [&] {
      auto mine = open();
      uint32_t result = 0;
      for (auto empty = 0; empty < 3;) {
        auto n = get(mine->route({{route}, 20})).events;
        empty = n == 0 ? empty + 1 : 0;
        result += n;
      }
      return result;
    }));
  uint32_t routed = 0;
  for (auto& x : routers)
    routed += x.get();
  CAF_CHECK_EQUAL(routed, ids);
  CAF_CHECK_EQUAL(count_deliveries(), long{ids});
  CAF_CHECK_EQUAL(count("event", "unrouted"), 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
