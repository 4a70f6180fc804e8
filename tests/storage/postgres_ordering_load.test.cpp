#include "postgres_fixture.hpp"

#include <array>
#include <atomic>
#include <future>

// Ordering keys while several write, claim, settle and erase at once, and when
// very many deliveries of one key wait.

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(ordering_load_tests, postgres_fixture)

CAF_TEST(a claim does not read what waits behind another) {
  constexpr long count = 50'000;
  auto db = open();
  auto mail = add_route(*db);
  std::vector<event> events;
  for (long first = 0; first < count; first += 5000) {
    events = make_many(5000, static_cast<uint8_t>(first / 5000));
    for (auto& x : events)
      x.ordering_key = "a";
    get(db->write(events));
  }
  get(db->write({make(1, 0xFF)}));
  db.reset();
  await_stat("n_tup_ins", "delivery", count);
  auto read = index_reads();
  db = open();
  auto claimed = get(db->claim(demand(mail, 100))).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 2u);
  for (auto round = 0; round < 10; ++round)
    CAF_CHECK(get(db->claim(demand(mail, 100))).claimed.empty());
  settle_deliveries done;
  for (auto& x : claimed)
    done.settlements.push_back({x.lease, verdict::done, 0s, ""});
  CAF_CHECK(get(db->settle(done)).lost.empty());
  CAF_CHECK_EQUAL(get(db->claim(demand(mail, 100))).claimed.size(), 1u);
  db.reset();
  await_stat("n_tup_upd", "delivery", 4); // two claims, an end, and one freed
  CAF_CHECK_LESS(index_reads() - read, 2000);
}

CAF_TEST(nothing is left behind and nothing overlaps whoever works) {
  // Two write, three work, one erases what is finished; each event fails once.
  constexpr uint32_t keys = 4;
  constexpr uint32_t per_writer = 400;
  auto db = open();
  auto mail = add_route(*db);
  std::atomic<uint32_t> done{0};
  std::array<std::atomic<int>, keys> running{};
  std::vector<std::future<void>> threads;
  for (uint8_t i = 0; i < 2; ++i)
    threads.push_back(std::async(std::launch::async, [&, i] {
      auto mine = open();
      for (uint32_t n = 0; n < per_writer;) {
        std::vector<event> events;
        for (auto size = n % 5 + 1; size > 0 && n < per_writer; --size, ++n) {
          events.push_back(make(n, i));
          events.back().ordering_key = "key " + std::to_string(n * 7 % keys);
        }
        get(mine->write(events));
      }
    }));
  for (auto i = 0; i < 3; ++i)
    threads.push_back(std::async(std::launch::async, [&] {
      auto mine = open();
      auto give_up = std::chrono::steady_clock::now() + 60s;
      while (done < 2 * per_writer) {
        must(std::chrono::steady_clock::now() < give_up, "some are trapped");
        auto claimed = get(mine->claim(demand(mail, 3))).claimed;
        settle_deliveries ends;
        uint32_t last = 0;
        for (auto& x : claimed) {
          ++running[static_cast<size_t>(x.event.ordering_key->back() - '0')];
          auto how = x.attempt > 1 ? verdict::done : verdict::failed;
          ends.settlements.push_back({x.lease, how, 0s, ""});
          last += how == verdict::done ? 1 : 0;
        }
        for (auto& x : claimed)
          must(
            running[static_cast<size_t>(x.event.ordering_key->back() - '0')]--
              == 1,
            "two of a key at once");
        must(get(mine->settle(ends)).lost.empty(), "lost");
        done += last;
      }
    }));
  threads.push_back(std::async(std::launch::async, [&] {
    auto mine = open();
    while (done < 2 * per_writer)
      get(mine->erase({0, 100, 0s, false}));
  }));
  for (auto& x : threads)
    x.get();
  CAF_CHECK_EQUAL(done, 2 * per_writer);
}

CAF_TEST_FIXTURE_SCOPE_END()
