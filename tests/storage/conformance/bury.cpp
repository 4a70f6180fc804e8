#include "harness.hpp"

// A delivery that has had all its attempts is not claimed but made dead.

CAF_TEST_FIXTURE_SCOPE(bury_tests, fixture)

CAF_TEST(a delivery whose attempts all expired is buried) {
  auto mail = add("mail");
  write(make(1));
  max_attempts = 2;
  claim_one(mail);
  advance(60s);
  auto last = claim_one(mail);
  advance(60s);
  claimed_deliveries result;
  check_time([&] { result = claim(mail); },
             [&] { return info(1).finished.value_or(timestamp{}); });
  CAF_CHECK(result.claimed.empty());
  CAF_REQUIRE_EQUAL(result.buried.size(), 1u);
  auto& buried = result.buried[0];
  CAF_CHECK_EQUAL(buried.event_id, nth(1));
  CAF_CHECK_EQUAL(buried.event_type, "order");
  CAF_CHECK_EQUAL(buried.handler_key, "mail");
  CAF_CHECK_EQUAL(buried.route, mail);
  CAF_CHECK_EQUAL(buried.attempts, 2u);
  CAF_CHECK_EQUAL(buried.message, "lease expired on attempt 2 of 2");
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::dead);
  CAF_CHECK_EQUAL(found.attempts, 2u);
  CAF_CHECK_EQUAL(found.message, buried.message);
  CAF_CHECK(!found.lease_owner && !found.lease_until);
  // The last holder is fenced off.
  CAF_CHECK_EQUAL(found.lease_token, last.lease.token + 1);
  CAF_CHECK(!settle(last.lease, verdict::done));
  CAF_CHECK(!renew(last.lease, 60s));
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(a delivery that failed before tells why when it is buried) {
  // Its last attempt was within the limit, and then the limit was lowered.
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed, 10s, "no paper"));
  advance(10s);
  max_attempts = 1;
  auto result = claim(mail);
  CAF_REQUIRE_EQUAL(result.buried.size(), 1u);
  CAF_CHECK_EQUAL(result.buried[0].message, "no paper");
  CAF_CHECK_EQUAL(info(1).message, "no paper");
  CAF_CHECK_EQUAL(info(1).status, status::dead);
}

CAF_TEST(a lease that expired after a failure is the reason) {
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed, 10s, "no paper"));
  advance(10s);
  claim_one(mail);
  advance(60s);
  max_attempts = 2;
  auto result = claim(mail);
  CAF_REQUIRE_EQUAL(result.buried.size(), 1u);
  CAF_CHECK_EQUAL(result.buried[0].message, "lease expired on attempt 2 of 2");
}

CAF_TEST(an expired attempt counts also after a later one was given back) {
  auto mail = add("mail");
  write(make(1));
  claim_one(mail);
  advance(60s);
  CAF_CHECK(settle(claim_one(mail).lease, verdict::released));
  CAF_CHECK_EQUAL(info(1).status, status::pending);
  max_attempts = 1;
  auto result = claim(mail);
  CAF_REQUIRE_EQUAL(result.buried.size(), 1u);
  CAF_CHECK_EQUAL(result.buried[0].message, "lease expired on attempt 1 of 1");
  CAF_CHECK(can_move(status::pending, status::dead));
}

CAF_TEST(the last attempt that is left is claimed) {
  auto mail = add("mail");
  write(make(1));
  max_attempts = 3;
  for (uint32_t attempt = 1; attempt <= 3; ++attempt) {
    CAF_CHECK_EQUAL(claim_one(mail).attempt, attempt);
    advance(60s);
  }
  CAF_CHECK_EQUAL(claim(mail).buried.size(), 1u);
}

CAF_TEST(what is buried counts against limit and room) {
  auto mail = add("mail");
  write({make(1), make(2), make(3), make(4)});
  claim(mail, 2);
  advance(60s);
  max_attempts = 1;
  auto result = claim(mail, 3);
  CAF_CHECK_EQUAL(result.buried.size(), 2u);
  CAF_CHECK_EQUAL(numbers(result), ints{3});
  CAF_CHECK_EQUAL(numbers(claim({{mail, 1}}, 9)), ints{4});
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(a buried delivery frees its ordering key) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  max_attempts = 1;
  claim_one(mail);
  advance(60s);
  // One by one, since the second waited when this claim began.
  auto result = claim(mail);
  CAF_CHECK_EQUAL(result.buried.size(), 1u);
  CAF_CHECK(result.claimed.empty());
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST_FIXTURE_SCOPE_END()
