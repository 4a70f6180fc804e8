#include "harness.hpp"

// Deliveries whose attempts nobody ended, time and again.

namespace {

class perilous_fixture : public fixture {
public:
  claimed_deliveries claim_some(route_id route, uint32_t max_perilous,
                                uint32_t limit = 100) {
    claim_deliveries x{
      owner, {{route, limit}}, limit, lease_duration, max_attempts};
    x.max_perilous = max_perilous;
    return get(db->claim(x));
  }

  /// Lets all that is due be claimed and the leases run out.
  void cut_off(route_id route, int times) {
    for (int i = 0; i < times; ++i) {
      while (claim(route).size() > 0)
        continue; // some are claimed alone
      advance(60s);
    }
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(perilous_tests, perilous_fixture)

CAF_TEST(what was cut off twice is perilous) {
  auto mail = add("mail");
  write(make(1));
  for (uint32_t n = 1; n <= 4; ++n) {
    auto x = claim_one(mail);
    CAF_CHECK_EQUAL(x.attempt, n);
    CAF_CHECK_EQUAL(x.perilous, n > 2);
    advance(60s);
  }
}

CAF_TEST(before its last attempt what was cut off is perilous) {
  max_attempts = 2;
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(!claim_one(mail).perilous);
  advance(60s);
  CAF_CHECK(claim_one(mail).perilous);
}

CAF_TEST(what was ended is not perilous) {
  max_attempts = 9;
  auto mail = add("mail");
  write(make(1));
  cut_off(mail, 3);
  auto x = claim_one(mail);
  CAF_CHECK(x.perilous);
  CAF_CHECK(settle(x.lease, verdict::failed));
  x = claim_one(mail);
  CAF_CHECK(!x.perilous);
  CAF_CHECK(settle(x.lease, verdict::released));
  CAF_CHECK(!claim_one(mail).perilous);
}

CAF_TEST(no more perilous ones are claimed than are wanted) {
  auto mail = add("mail");
  write({make(1), make(2), make(3)});
  cut_off(mail, 2);
  write({make(4), make(5)});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 0)), (ints{4, 5}));
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 1)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 0)), ints{});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 2)), (ints{2, 3}));
}

CAF_TEST(before its last two attempts a perilous one is claimed alone) {
  auto mail = add("mail");
  write({make(1), make(2), make(3)});
  cut_off(mail, 2);
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 2)), (ints{1, 2}));
  advance(60s); // now these two have two left
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 9)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 9)), ints{2});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 9)), ints{3});
}

CAF_TEST(one that has to be alone is passed by until it is the oldest) {
  auto mail = add("mail");
  auto hold = [&] {
    lease_duration = 1h;
    claim(mail);
    lease_duration = 60s;
  };
  write(make(1));
  hold();
  write(make(2));
  cut_off(mail, 2);
  hold();
  write(make(3));
  cut_off(mail, 2);
  advance(1h);
  claim_some(mail, 0, 1); // the first one, which is not perilous yet
  advance(60s);
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 9)), (ints{1, 3}));
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 0)), ints{});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 9)), ints{2});
}

CAF_TEST(perilous ones that are not wanted take no room) {
  auto mail = add("mail");
  write({make(1), make(2), make(3)});
  cut_off(mail, 2);
  write({make(4), make(5), make(6)});
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 0, 2)), (ints{4, 5}));
  CAF_CHECK_EQUAL(numbers(claim_some(mail, 0, 2)), ints{6});
}

CAF_TEST(what is out of attempts is buried and not perilous) {
  auto mail = add("mail");
  write({make(1), make(2)});
  cut_off(mail, 5);
  CAF_CHECK_EQUAL(claim_some(mail, 0).buried.size(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
