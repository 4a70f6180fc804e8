#include "../../actors/room_account.hpp"

#include "../support/samples.hpp"

#include <caf/test/unit_test.hpp>

using namespace inbox;
using namespace inbox::test;

namespace {

struct fixture {
  room_account account;

  static current_demand room(std::vector<route_demand> demand,
                             uint64_t bytes = 1000) {
    current_demand result;
    result.demand = std::move(demand);
    result.bytes = bytes;
    return result;
  }

  static std::vector<claimed_delivery> some(uint32_t count, route_id route = 1,
                                            size_t bytes = 0) {
    std::vector<claimed_delivery> result;
    for (uint32_t n = 1; n <= count; ++n) {
      result.push_back(nth_delivery(n, route));
      result.back().event.payload = std::string(bytes, 'x');
    }
    return result;
  }

  uint32_t left(route_id route) const {
    auto now = account.left();
    for (auto& x : now.demand)
      if (x.route == route)
        return x.room;
    return 0;
  }

  void fill(current_demand x) {
    CAF_REQUIRE(account.awaits(account.ask()));
    account.fill(std::move(x));
    CAF_CHECK(!account.is_asked());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(room_account_tests, fixture)

CAF_TEST(an account that nobody has filled is empty) {
  CAF_CHECK(!account.is_enough_for(1));
  account.spend(some(3));
  CAF_CHECK(!account.is_enough_for(0));
}

CAF_TEST(what is spent is left no more) {
  fill(room({{1, 10}, {2, 5}}));
  CAF_CHECK(account.is_enough_for(15));
  CAF_CHECK(!account.is_enough_for(16));
  account.spend(some(4));
  CAF_CHECK_EQUAL(left(1), 6u);
  CAF_CHECK_EQUAL(left(2), 5u);
  CAF_CHECK(!account.is_enough_for(12));
  // A claim for a route without room would look as if it had got all of it.
  account.spend(some(9));
  auto now = account.left();
  CAF_REQUIRE_EQUAL(now.demand.size(), 1u);
  CAF_CHECK_EQUAL(now.demand[0].route, 2);
}

CAF_TEST(what is spent behind a question is taken out of its answer) {
  fill(room({{1, 100}}));
  account.spend(some(7)); // the dispatcher will know of these
  auto which = account.ask();
  account.spend(some(3, 1, 10));
  account.spend(some(2, 2));
  CAF_CHECK_EQUAL(left(1), 90u);
  CAF_REQUIRE(account.awaits(which));
  account.fill(room({{1, 50}, {2, 20}, {3, 1}}));
  CAF_CHECK_EQUAL(left(1), 47u);
  CAF_CHECK_EQUAL(left(2), 18u);
  CAF_CHECK_EQUAL(left(3), 1u);
  CAF_CHECK_EQUAL(account.left().bytes, 970u);
  // And out of no later one.
  fill(room({{1, 50}}));
  CAF_CHECK_EQUAL(left(1), 50u);
}

CAF_TEST(only the latest question has an answer to come) {
  auto first = account.ask();
  account.spend(some(3));
  auto second = account.ask();
  CAF_CHECK(!account.awaits(first));
  CAF_REQUIRE(account.awaits(second));
  account.fill(room({{1, 10}}));
  CAF_CHECK_EQUAL(left(1), 10u); // it was asked behind these
  CAF_CHECK(!account.awaits(second));
}

CAF_TEST(half of the bytes make a claim worth while) {
  fill(room({{1, 100}}, 1000));
  account.spend(some(5, 1, 100));
  CAF_CHECK(account.is_enough_for(10));
  account.spend(some(1, 1, 1));
  CAF_CHECK(!account.is_enough_for(10));
  account.spend(some(1, 1, 5000));
  CAF_CHECK_EQUAL(account.left().bytes, 0u);
}

CAF_TEST(nothing is left behind a perilous one) {
  auto perilous = some(2);
  perilous[1].perilous = true;
  fill(room({{1, 100}}));
  auto which = account.ask();
  account.spend(perilous);
  CAF_CHECK(!account.is_enough_for(1));
  CAF_REQUIRE(account.awaits(which));
  account.fill(room({{1, 100}}));
  CAF_CHECK(!account.is_enough_for(1));
  // The next answer takes it into account.
  fill(room({{1, 100}}));
  CAF_CHECK(account.is_enough_for(100));
}

CAF_TEST(what a claim may take is kept until it has ended) {
  auto offered = room({{1, 10}, {2, 5}});
  offered.perilous = 1;
  fill(offered);
  claim_deliveries first;
  first.demand = {{1, 10}, {2, 5}};
  first.limit = 6;
  first.max_bytes = 300;
  account.reserve(first);
  CAF_CHECK_EQUAL(left(1), 4u);
  CAF_CHECK_EQUAL(left(2), 0u);
  CAF_CHECK_EQUAL(account.left().bytes, 700u);
  CAF_CHECK_EQUAL(account.left().perilous, 0u);
  claim_deliveries second;
  second.demand = {{1, 4}};
  second.limit = 6;
  second.max_bytes = 100;
  account.reserve(second);
  CAF_CHECK_EQUAL(left(1), 0u);
  // No answer of the dispatcher takes that into account.
  fill(offered);
  CAF_CHECK_EQUAL(left(1), 0u);
  account.release(first);
  account.spend(some(3, 1, 10));
  CAF_CHECK_EQUAL(left(1), 3u);
  CAF_CHECK_EQUAL(left(2), 5u);
  CAF_CHECK_EQUAL(account.left().bytes, 870u);
  CAF_CHECK_EQUAL(account.left().perilous, 0u);
  account.release(second);
  CAF_CHECK_EQUAL(left(1), 7u);
  CAF_CHECK_EQUAL(account.left().perilous, 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
