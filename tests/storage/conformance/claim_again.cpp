#include "harness.hpp"

// What comes back between two claims that follow each other: a store that
// remembers where the first one ended has to find it all the same.

namespace {

class claim_again_fixture : public fixture {
public:
  route_id mail = add("mail");

  /// Claims the first two of five, and returns their leases.
  std::pair<lease, lease> claim_two() {
    write({make(1), make(2), make(3), make(4), make(5)});
    auto came = claim(mail, 2);
    CAF_REQUIRE_EQUAL(numbers(came), (ints{1, 2}));
    return {came.claimed[0].lease, came.claimed[1].lease};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(claim_again_tests, claim_again_fixture)

CAF_TEST(a claim goes on where the one before ended) {
  claim_two();
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), (ints{3, 4}));
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), ints{5});
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), ints{});
  write(make(6));
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), ints{6});
}

CAF_TEST(what is done does not come back and what is behind it does) {
  auto [first, second] = claim_two();
  CAF_CHECK(settle(first, verdict::done));
  CAF_CHECK(settle(second, verdict::dead));
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), (ints{3, 4}));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{5});
}

CAF_TEST(what was given back comes first again) {
  auto [first, second] = claim_two();
  CAF_CHECK(settle(second, verdict::done));
  CAF_CHECK(settle(first, verdict::released));
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), (ints{1, 3}));
}

CAF_TEST(what is to be tried again at once comes back) {
  auto [first, second] = claim_two();
  CAF_CHECK(settle(first, verdict::failed));
  CAF_CHECK(settle(second, verdict::snoozed));
  auto came = numbers(claim(mail));
  std::sort(came.begin(), came.end());
  CAF_CHECK_EQUAL(came, (ints{1, 2, 3, 4, 5}));
}

CAF_TEST(what another connection gives back comes first again) {
  auto first = claim_two().first;
  auto other = place.open();
  settle_deliveries request;
  request.settlements = {{first, verdict::released, 0s, ""}};
  CAF_CHECK(get(other->settle(request)).lost.empty());
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), (ints{1, 3}));
}

CAF_TEST(a lease that has run out is found by the claim that follows) {
  lease_duration = 50ms;
  claim_two();
  place.advance(50ms);
  CAF_CHECK_EQUAL(numbers(claim(mail, 3)), (ints{1, 2, 3}));
}

CAF_TEST(the lease of another connection is found when it has run out) {
  write({make(1), make(2), make(3), make(4)});
  auto other = place.open();
  claim_deliveries first{owner, {{mail, 1}}, 1, 60s, max_attempts};
  CAF_CHECK_EQUAL(numbers(get(other->claim(first))), ints{1});
  place.advance(30s);
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{2});
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{3});
  place.advance(30s);
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{1, 4}));
}

CAF_TEST(the next one of an ordering key comes before what is behind it) {
  write({make_ordered(1, "a"), make_ordered(2, "a"), make(3), make(4)});
  auto came = claim(mail, 2);
  CAF_REQUIRE_EQUAL(numbers(came), (ints{1, 3}));
  CAF_CHECK(settle(came.claimed[1].lease, verdict::done));
  CAF_CHECK(settle(came.claimed[0].lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{2});
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{4});
}

CAF_TEST(and if the claim itself has buried the one before it) {
  write({make_ordered(1, "a"), make_ordered(2, "a"), make(3), make(4)});
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{1});
  advance(60s);
  max_attempts = 1;
  auto came = claim(mail, 2);
  CAF_CHECK_EQUAL(came.buried.size(), 1u);
  CAF_CHECK_EQUAL(numbers(came), ints{3});
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{2});
  CAF_CHECK_EQUAL(numbers(claim(mail, 1)), ints{4});
}

CAF_TEST(a route that had no room is read from its begin) {
  auto bill = add("bill");
  write({make(1), make(2), make(3)});
  CAF_CHECK_EQUAL(claim({{mail, 2}, {bill, 0}}, 9).size(), 2u);
  CAF_CHECK_EQUAL(numbers(claim({{mail, 0}, {bill, 2}}, 9)), (ints{1, 2}));
  CAF_CHECK_EQUAL(claim({{mail, 9}, {bill, 9}}, 9).size(), 2u);
}

CAF_TEST(what a limit for all routes has left is found) {
  auto bill = add("bill");
  write({make(1), make(2), make(3)});
  std::vector<route_demand> both{{mail, 9}, {bill, 9}};
  CAF_CHECK_EQUAL(numbers(claim(both, 1)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim(both, 2)), (ints{1, 2}));
  CAF_CHECK_EQUAL(numbers(claim(both, 9)), (ints{2, 3, 3}));
}

CAF_TEST_FIXTURE_SCOPE_END()
