#include "postgres_queue_fixture.hpp"

#include <future>
#include <mutex>
#include <set>

// Claims of several inboxes out of one queue at the same time.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

constexpr long per_row = 256;

class fixture : public postgres_queue_fixture {
public:
  static claim_deliveries of(const uuid& who, claim_deliveries what) {
    what.owner = who;
    return what;
  }

  /// Begins a transaction as that of another inbox's claim, which has locked
  /// rows of the queue and not committed yet.
  void claim_elsewhere(route_id route, const std::string& rows) {
    client.run("begin; select pg_advisory_xact_lock_shared("
               + class_of("caf-inbox claim ") + ", "
               + std::to_string(route % 32) + ")");
    client.run("select from " + table("queue") + " where " + rows
               + " for update");
  }

  static std::future<claimed_deliveries> claim_later(store& db,
                                                     claim_deliveries what) {
    return std::async(std::launch::async,
                      [&db, what] { return get(db.claim(what)); });
  }

  /// Has four inboxes take and settle all of a queue at the same time. Of every
  /// `give_back` claims one has a delivery that is given back; none, if zero.
  void work_off(long total, size_t give_back) {
    auto db = open();
    auto mine = add_route(*db);
    fill(mine, per_row, total);
    std::mutex mutex;
    std::set<event_seq> held;
    std::set<event_seq> done;
    auto work = [&](uint32_t n) {
      auto own = open();
      // Parts of rows and whole ones; whatever looks through all is alone.
      const uint32_t rooms[] = {100, 256, 30, 700};
      auto room = rooms[n];
      for (size_t left = 1, round = 1; left > 0; ++round) {
        auto what = round % 8 == 0 ? demand(mine, room)
                                   : reading_on(mine, room);
        auto claimed = get(own->claim(of(id(n), what))).claimed;
        auto settlements = all_done(claimed);
        if (give_back != 0 && round % give_back == 0 && !claimed.empty())
          settlements.settlements.front().verdict = verdict::released;
        {
          const std::lock_guard lock{mutex};
          for (auto& x : claimed)
            must(held.insert(x.lease.seq).second, "claimed by two at once");
        }
        { // before the settlement, behind which anybody may have them
          const std::lock_guard lock{mutex};
          for (auto& x : settlements.settlements) {
            held.erase(x.lease.seq);
            if (x.verdict == verdict::done)
              must(done.insert(x.lease.seq).second, "done twice");
          }
          left = static_cast<size_t>(total) - done.size();
        }
        must(get(own->settle(settlements)).lost.empty(), "a lease is lost");
        must(round < 20000, "something is left");
      }
    };
    std::vector<std::future<void>> all;
    for (uint32_t n = 0; n < 4; ++n)
      all.push_back(std::async(std::launch::async, work, n));
    for (auto& x : all)
      x.get();
    CAF_CHECK_EQUAL(count("queue"), 0);
    CAF_CHECK_EQUAL(count("claim"), 0);
    CAF_CHECK_EQUAL(count("delivery", "finished_at is null"), 0);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(claims_at_once_tests, fixture)

CAF_TEST(a claim passes over what another one is about to commit) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, per_row, 4 * per_row);
  claim_elsewhere(mine, "first_seq = " + std::to_string(2 * per_row));
  auto next = get(db->claim(reading_on(mine, per_row)));
  CAF_REQUIRE_EQUAL(next.claimed.size(), size_t{per_row});
  CAF_CHECK_EQUAL(next.claimed.front().lease.seq, per_row);
  // All that is free, and the other one may leave what it has.
  next = get(db->claim(reading_on(mine, 3 * per_row)));
  CAF_REQUIRE_EQUAL(next.claimed.size(), size_t{2 * per_row});
  CAF_CHECK_EQUAL(next.claimed.front().lease.seq, 3 * per_row);
  CAF_CHECK(next.more);
  client.run("rollback");
  // It has not passed what the other one had.
  next = get(db->claim(reading_on(mine, 2 * per_row)));
  CAF_REQUIRE_EQUAL(next.claimed.size(), size_t{per_row});
  CAF_CHECK_EQUAL(next.claimed.front().lease.seq, 2 * per_row);
  CAF_CHECK(!next.more);
}

CAF_TEST(a claim does not read on past what others had locked and have left) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, per_row, 4 * per_row);
  auto take = [&](long row) {
    auto what = reading_on(mine, per_row);
    what.limit *= 2;
    auto next = get(db->claim(what));
    CAF_REQUIRE_EQUAL(next.claimed.size(), size_t{per_row});
    CAF_CHECK_EQUAL(next.claimed.front().lease.seq, row * per_row);
    CAF_CHECK(!next.more); // for which there is room
  };
  take(1);
  claim_elsewhere(mine, "first_seq = " + std::to_string(2 * per_row));
  take(3);
  client.run("rollback");
  take(2);
  take(4);
}

CAF_TEST(a claim that finds only what others have locked waits for them) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, per_row, 2 * per_row);
  claim_elsewhere(mine, "true");
  auto waiting = claim_later(*db, reading_on(mine, 10));
  await_blocked();
  client.run("delete from " + table("queue")
             + " where first_seq = " + std::to_string(per_row) + "; commit");
  auto next = waiting.get();
  CAF_REQUIRE_EQUAL(next.claimed.size(), 10u);
  CAF_CHECK_EQUAL(next.claimed.front().lease.seq, 2 * per_row);
}

CAF_TEST(what looks through all waits for others) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, per_row, 2 * per_row);
  claim_elsewhere(mine, "first_seq = " + std::to_string(per_row));
  auto waiting = claim_later(*db, demand(mine, 2 * per_row));
  await_blocked();
  client.run("rollback");
  CAF_CHECK_EQUAL(waiting.get().claimed.size(), size_t{2 * per_row});
}

CAF_TEST(claims of one owner take turns) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, per_row, 2 * per_row);
  auto bytes = reinterpret_cast<const char*>(owner.data);
  auto number = postgres::stable_hash({bytes, sizeof owner.data});
  client.run("begin; select pg_advisory_xact_lock("
             + class_of("caf-inbox claimer ") + ", "
             + std::to_string(static_cast<int32_t>(number)) + ")");
  auto waiting = claim_later(*db, reading_on(mine, 10));
  await_blocked();
  auto other = open();
  auto next = of(id(1), reading_on(mine, 10));
  CAF_CHECK_EQUAL(get(other->claim(next)).claimed.size(), 10u);
  // One that is alone does not ask whose turn it is, but for the routes.
  CAF_CHECK_EQUAL(get(other->claim(demand(mine, 10))).claimed.size(), 10u);
  client.run("rollback");
  CAF_CHECK_EQUAL(waiting.get().claimed.size(), 10u);
}

CAF_TEST(claims side by side take everything once) {
  work_off(60 * per_row, 0);
  CAF_CHECK_EQUAL(client.number("select sum(deliveries) from " + table("done")),
                  60 * per_row);
}

CAF_TEST(claims of what is not in the queue are alone) {
  work_off(30 * per_row, 3);
}

CAF_TEST_FIXTURE_SCOPE_END()
