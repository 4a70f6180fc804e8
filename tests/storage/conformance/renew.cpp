#include "harness.hpp"

CAF_TEST_FIXTURE_SCOPE(renew_tests, fixture)

CAF_TEST(a renewed lease lasts from now) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  advance(50s);
  check_time([&] { CAF_CHECK(renew(claimed.lease, 60s)); },
             [&] { return info(1).lease_until.value_or(timestamp{}); }, 60s);
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::in_progress);
  CAF_CHECK_EQUAL(found.attempts, 1u);
  CAF_CHECK_EQUAL(found.lease_token, claimed.lease.token);
  CAF_CHECK(found.lease_owner == owner);
  advance(50s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  CAF_CHECK(settle(claimed.lease, verdict::done));
}

CAF_TEST(a renewed lease expires at its new end) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  CAF_CHECK(renew(claimed.lease, 10s));
  advance(10s);
  CAF_CHECK_EQUAL(claim_one(mail).lease.token, claimed.lease.token + 1);
  CAF_CHECK(!renew(claimed.lease, 10s));
}

CAF_TEST(renewing nothing loses nothing) {
  CAF_CHECK(get(db->renew({{}, 60s})).lost.empty());
}

CAF_TEST(a held lease that is named twice is not lost) {
  auto mail = add("mail");
  write(make(1));
  auto held = claim_one(mail).lease;
  auto gone = held;
  gone.token = 0;
  renew_leases request{{held, gone, held, gone}, 600s};
  CAF_CHECK_EQUAL(get(db->renew(request)).lost, (std::vector{gone, gone}));
  advance(500s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(many leases are renewed at once) {
  auto mail = add("mail");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 250; ++n)
    events.push_back(make(n));
  write(events);
  renew_leases request;
  request.duration = 600s;
  for (auto& x : claim(mail, 250).claimed)
    request.leases.push_back(x.lease);
  CAF_CHECK_EQUAL(request.leases.size(), 250u);
  CAF_CHECK(get(db->renew(request)).lost.empty());
  advance(500s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(100s);
  CAF_CHECK_EQUAL(claim(mail, 250).size(), 250u);
}

CAF_TEST_FIXTURE_SCOPE_END()
