#include "postgres_fixture.hpp"

#include "../../messages/error.hpp"

#include <array>
#include <atomic>
#include <future>
#include <map>
#include <set>
#include <thread>

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Adds deliveries of an event each, past the store.
  void fill(route_id route, long first, long count,
            const std::string& columns = "", const std::string& values = "") {
    auto range = "generate_series(" + std::to_string(first) + ", "
                 + std::to_string(first + count - 1) + ") as n";
    sql_client passing; // so that the server counts at once
    passing.run(
      "insert into " + table("event")
      + " (seq, id, written_at, unrouted, type, payload) "
        "select n, gen_random_uuid(), now(), false, 'order', 'x' from "
      + range + "; insert into " + table("delivery")
      + " (event_seq, route_id, due" + columns + ") select n, "
      + std::to_string(route) + ", now()" + values + " from " + range);
  }
};

using key = std::pair<event_seq, route_id>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(claim_tests, fixture)

CAF_TEST(claiming and settling read by index and no further than they must) {
  constexpr long rounds = 10; // enough for a plan to be kept
  constexpr uint32_t size = 100;
  auto db = open();
  auto mine = add_route(*db);
  auto other = get(db->add({"order", "other"})).route;
  auto foreign = get(db->add({"order", "foreign"})).route;
  // What the server knows about the tables is the worst: nearly all is done.
  // Then a backlog builds up, mostly of keys that nobody here handles.
  fill(mine, 1, 40000, ", progress, finished_at", ", 2, now()");
  client.run("vacuum analyze " + table("delivery") + ", " + table("event"));
  fill(foreign, 100001, 50000);
  fill(mine, 200001, 10000);
  fill(other, 300001, 10000, ", ordering_key", ", 'key ' || n % 5000");
  db.reset();
  await_stat("n_tup_ins", "delivery", 110000);
  auto scans = table_stat("seq_scan", "delivery");
  auto read = index_reads();
  auto hot = table_stat("n_tup_hot_upd", "delivery");
  db = open();
  for (auto i = 0; i < rounds; ++i) {
    auto one = get(db->claim(demand(mine, size))).claimed;
    auto two
      = get(db->claim({owner, {{mine, size}, {other, size}}, size, 1min, 5}))
          .claimed;
    CAF_REQUIRE_EQUAL(one.size(), size);
    CAF_REQUIRE_EQUAL(two.size(), size);
    renew_leases longer;
    settle_deliveries done;
    for (auto& x : one) {
      longer.leases.push_back(x.lease);
      done.settlements.push_back({x.lease, verdict::done, 0s, ""});
    }
    CAF_CHECK(get(db->renew(longer)).lost.empty());
    CAF_CHECK(get(db->settle(done)).lost.empty());
  }
  db.reset();
  constexpr auto updates = rounds * size * 4;
  await_stat("n_tup_upd", "delivery", updates);
  CAF_CHECK_EQUAL(table_stat("n_tup_upd", "delivery"), updates);
  CAF_CHECK_EQUAL(table_stat("seq_scan", "delivery"), scans);
  // Candidates are looked at two or three times, and what is leased is passed
  // by: 10,000 at the end. Reading a backlog once per round were 100,000.
  CAF_CHECK_LESS(index_reads() - read, 40000);
  // The free part of each page takes the versions under a lease, so claims and
  // renewals touch no index. Settling does.
  CAF_CHECK_GREATER_OR_EQUAL(table_stat("n_tup_hot_upd", "delivery") - hot,
                             updates * 3 / 4 * 95 / 100);
}

CAF_TEST(where there are others than those of the queue they are expected) {
  constexpr long rounds = 20;
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1, 1000);
  auto scans = [this] {
    return sql_client{}.number("select idx_scan from pg_stat_user_indexes "
                               "where indexrelname = '"
                               + table("delivery_due") + "'");
  };
  auto before = scans();
  for (auto i = 0; i < rounds; ++i)
    CAF_REQUIRE_EQUAL(get(db->claim(demand(mine, 1))).claimed.size(), 1u);
  db.reset();
  await_stat("n_tup_upd", "delivery", rounds);
  // The first of each second looks twice.
  auto looks = scans() - before;
  CAF_CHECK_GREATER(looks, rounds);
  CAF_CHECK_LESS(looks, 2 * rounds - 5);
}

CAF_TEST(concurrent claims never overlap) {
  constexpr uint32_t count = 2000;
  constexpr auto threads = 4;
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(count)));
  std::atomic<bool> start{false};
  std::vector<std::future<std::vector<key>>> claimers;
  for (auto i = 0; i < threads; ++i)
    claimers.push_back(std::async(std::launch::async, [&, i] {
      auto mine = open();
      auto request = demand(route, 7);
      request.owner = id(static_cast<uint32_t>(i), 1);
      std::vector<key> result;
      while (!start)
        std::this_thread::yield();
      // Whoever finds all that is left locked may come away with nothing.
      for (auto empty = 0; empty < 3;) {
        auto claimed = get(mine->claim(request)).claimed;
        empty = claimed.empty() ? empty + 1 : 0;
        for (auto& x : claimed) {
          result.emplace_back(x.lease.seq, x.lease.route);
        }
      }
      return result;
    }));
  start = true;
  std::map<key, int> seen;
  auto busy = 0;
  for (auto& x : claimers) {
    auto part = x.get();
    busy += part.empty() ? 0 : 1;
    for (auto& entry : part)
      ++seen[entry];
  }
  CAF_CHECK_EQUAL(seen.size(), count);
  for (auto& [entry, n] : seen)
    CAF_REQUIRE_EQUAL(n, 1);
  CAF_CHECK_GREATER(busy, 1);
}

CAF_TEST(concurrent claims that finish and fail count every attempt once) {
  // Each event fails twice before it is done: three tokens, one holder each.
  constexpr uint32_t count = 300;
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(count)));
  std::vector<std::future<std::vector<std::pair<event_seq, int64_t>>>> workers;
  std::atomic<uint32_t> done{0};
  for (auto i = 0; i < 4; ++i)
    workers.push_back(std::async(std::launch::async, [&] {
      auto mine = open();
      std::vector<std::pair<event_seq, int64_t>> held;
      while (done < count) {
        auto claimed = get(mine->claim(demand(route, 5))).claimed;
        settle_deliveries request;
        for (auto& x : claimed) {
          held.emplace_back(x.lease.seq, x.lease.token);
          request.settlements.push_back(
            {x.lease, x.attempt < 3 ? verdict::failed : verdict::done, 0s, ""});
          done += x.attempt < 3 ? 0 : 1;
        }
        must(get(mine->settle(request)).lost.empty(), "lost");
      }
      return held;
    }));
  std::map<std::pair<event_seq, int64_t>, int> holders;
  for (auto& x : workers)
    for (auto& entry : x.get())
      ++holders[entry];
  CAF_CHECK_EQUAL(holders.size(), 3 * count);
  for (auto& [entry, n] : holders)
    CAF_REQUIRE_EQUAL(n, 1);
}

CAF_TEST(deliveries of one ordering key go out one at a time) {
  constexpr uint32_t keys = 5;
  constexpr uint32_t count = 200;
  auto db = open();
  auto route = add_route(*db);
  auto events = make_many(count);
  for (uint32_t n = 0; n < count; ++n)
    events[n].ordering_key = "key " + std::to_string(n % keys);
  get(db->write(events));
  std::atomic<uint32_t> done{0};
  std::array<std::atomic<int>, keys> running{};
  std::array<std::atomic<event_seq>, keys> last{};
  std::vector<std::future<void>> workers;
  for (auto i = 0; i < 4; ++i)
    workers.push_back(std::async(std::launch::async, [&] {
      auto mine = open();
      while (done < count) {
        for (auto& x : get(mine->claim(demand(route, 3))).claimed) {
          auto k = static_cast<size_t>(x.event.ordering_key->back() - '0');
          must(++running[k] == 1, "two of one key at once");
          must(last[k].exchange(x.lease.seq) < x.lease.seq, "out of order");
          --running[k];
          settle_deliveries request;
          request.settlements.push_back({x.lease, verdict::done, 0s, ""});
          must(get(mine->settle(request)).lost.empty(), "lost");
          ++done;
        }
      }
    }));
  for (auto& x : workers)
    x.get();
  CAF_CHECK_EQUAL(done, count);
}

CAF_TEST_FIXTURE_SCOPE_END()
