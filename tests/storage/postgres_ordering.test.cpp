#include "postgres_fixture.hpp"

#include <future>

// Deliveries that wait for another of their ordering key: who blocks and who
// frees them, whatever happens at the same time. See postgres/ordering.hpp.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  store_ptr db = open();
  route_id mail = add_route(*db);

  static event make_ordered(uint32_t n, const std::string& key = "a") {
    auto result = make(n);
    result.ordering_key = key;
    return result;
  }

  void write(const std::vector<event>& events) {
    for (auto& x : get(db->write(events)).receipts)
      CAF_CHECK_EQUAL(x.result, write_result::stored);
  }

  void write(uint32_t first, uint32_t last) {
    std::vector<event> events;
    for (auto n = first; n <= last; ++n)
      events.push_back(make_ordered(n));
    write(events);
  }

  claimed_delivery claim_one() {
    auto found = get(db->claim(demand(mail, 9)));
    must(found.claimed.size() == 1, "not one to claim");
    return std::move(found.claimed[0]);
  }

  /// Returns how many can be claimed.
  size_t claimable() {
    return get(db->claim(demand(mail, 9))).claimed.size();
  }

  static settle_deliveries end(const lease& x, verdict how = verdict::done) {
    settle_deliveries result;
    result.settlements.push_back({x, how, 0s, ""});
    return result;
  }

  /// Settles while the client's transaction is open, and commits that one once
  /// the settlement waits for it. Returns what was marked right before.
  std::string settle_against_client(const lease& x) {
    auto ending = std::async(std::launch::async, [this, x] {
      auto mine = open();
      must(get(mine->settle(end(x))).lost.empty(), "lost");
    });
    await_blocked();
    auto before = blocked();
    client.run("commit");
    ending.get();
    return before;
  }

  /// Returns the numbers of the deliveries that are marked.
  std::string blocked() {
    return client.value("select coalesce(string_agg(event_seq::text, ' ' "
                        "order by event_seq), '') from "
                        + table("delivery") + " where blocked");
  }

  std::string seq(int64_t x) {
    return " where event_seq = " + std::to_string(x);
  }

  /// Stores a blocked delivery with its event, past the store.
  void insert_blocked(int64_t n) {
    client.run("insert into " + table("event")
               + " (seq, id, written_at, unrouted, type, ordering_key, payload)"
                 " values ("
               + std::to_string(n)
               + ", gen_random_uuid(), now(), false, 'order', 'a', ''); "
                 "insert into "
               + table("delivery")
               + " (event_seq, route_id, ordering_key, due, blocked) values ("
               + std::to_string(n) + ", " + std::to_string(mail)
               + ", 'a', now(), true)");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ordering_tests, fixture)

CAF_TEST(all but the first of a key are blocked) {
  write(1, 3);
  CAF_CHECK_EQUAL(blocked(), "2 3");
  write(4, 5);
  write({make_ordered(6, "b"), make(7), make_ordered(8, "b")});
  CAF_CHECK_EQUAL(blocked(), "2 3 4 5 8");
}

CAF_TEST(one by one they are freed) {
  write(1, 4);
  CAF_CHECK(get(db->settle(end(claim_one().lease))).lost.empty());
  CAF_CHECK_EQUAL(blocked(), "3 4");
  auto second = claim_one().lease;
  CAF_CHECK(get(db->settle(end(second, verdict::failed))).lost.empty());
  CAF_CHECK_EQUAL(blocked(), "3 4");
  CAF_CHECK(
    get(db->settle(end(claim_one().lease, verdict::dead))).lost.empty());
  CAF_CHECK_EQUAL(blocked(), "4");
}

CAF_TEST(a delivery that others are changing is no guard) {
  write(1, 2);
  client.run("begin; select from " + table("delivery") + seq(2)
             + " for no key update");
  write(3, 3); // with 1 as its guard
  client.run("select from " + table("delivery") + seq(1)
             + " for no key update");
  write(4, 4); // with 3
  client.run("select from " + table("delivery")
             + " where event_seq >= 3 for no key update");
  write(5, 5);
  client.run("commit");
  CAF_CHECK_EQUAL(blocked(), "2 3 4");
}

CAF_TEST(an end waits for who has it as a guard and frees what that wrote) {
  write(1, 1);
  auto first = claim_one().lease;
  client.run("begin; select from " + table("delivery") + seq(1) + " for share");
  insert_blocked(50);
  settle_against_client(first);
  CAF_CHECK_EQUAL(blocked(), "");
  CAF_CHECK_EQUAL(claim_one().lease.seq, 50);
}

CAF_TEST(an end that finds the next one ending waits and looks again) {
  write(1, 3);
  auto first = claim_one().lease;
  // Deliveries in the middle can end: they are erased, or were first once.
  client.run("begin; update " + table("delivery")
             + " set progress = 2, finished_at = now(), blocked = false"
             + seq(2));
  CAF_CHECK_EQUAL(settle_against_client(first), "3"); // as before
  CAF_CHECK_EQUAL(blocked(), "");
  CAF_CHECK_EQUAL(claim_one().lease.seq, 3);
}

CAF_TEST(an end that finds the next one erased waits and looks again) {
  write(1, 3);
  auto first = claim_one().lease;
  client.run("begin; delete from " + table("delivery") + seq(2)
             + "; delete from " + table("event") + " where seq = 2");
  settle_against_client(first);
  CAF_CHECK_EQUAL(claim_one().lease.seq, 3);
}

CAF_TEST(a claim blocks those that nobody has blocked) {
  write(1, 250);
  client.run("update " + table("delivery") + " set blocked = false");
  CAF_CHECK_EQUAL(claimable(), 1u);
  CAF_CHECK_EQUAL(client.number("select count(*) from " + table("delivery")
                                + " where blocked"),
                  100);
  CAF_CHECK_EQUAL(claimable(), 0u);
}

CAF_TEST(a settlement that fails frees nobody) {
  write(1, 2);
  auto first = claim_one().lease;
  auto request = end(first);
  request.settlements.push_back(
    {first, verdict::failed, 0s, std::string("\xFF")});
  request.settlements.back().lease.seq = 99;
  CAF_CHECK(!db->settle(request));
  CAF_CHECK_EQUAL(blocked(), "2");
  CAF_CHECK(get(db->settle(end(first))).lost.empty());
  CAF_CHECK_EQUAL(blocked(), "");
}

CAF_TEST_FIXTURE_SCOPE_END()
