#include "harness.hpp"

CAF_TEST_FIXTURE_SCOPE(settle_tests, fixture)

CAF_TEST(done ends a delivery) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  advance(10s);
  check_time([&] { CAF_CHECK(settle(claimed.lease, verdict::done)); },
             [&] { return info(1).finished.value_or(timestamp{}); });
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::done);
  CAF_CHECK_EQUAL(found.attempts, 1u);
  CAF_CHECK_EQUAL(found.lease_token, claimed.lease.token);
  CAF_CHECK(!found.lease_owner && !found.lease_until);
  CAF_CHECK_EQUAL(found.message, "");
  advance(std::chrono::hours{1000});
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(a failed delivery is due again after its delay) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  advance(10s);
  check_time(
    [&] { CAF_CHECK(settle(claimed.lease, verdict::failed, 30s, "no paper")); },
    [&] { return info(1).due; }, 30s);
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::failed);
  CAF_CHECK_EQUAL(found.attempts, 1u);
  CAF_CHECK_EQUAL(found.message, "no paper");
  CAF_CHECK_EQUAL(found.lease_token, claimed.lease.token);
  CAF_CHECK(!found.lease_owner && !found.lease_until && !found.finished);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(30s);
  auto again = claim_one(mail);
  CAF_CHECK_EQUAL(again.attempt, 2u);
  CAF_CHECK_EQUAL(again.lease.token, claimed.lease.token + 1);
  CAF_CHECK_EQUAL(info(1).status, status::in_progress);
  CAF_CHECK(settle(again.lease, verdict::done));
  CAF_CHECK_EQUAL(info(1).message, "no paper"); // of the last failure
}

CAF_TEST(a dead delivery stays as it is) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  check_time(
    [&] { CAF_CHECK(settle(claimed.lease, verdict::dead, 30s, "no use")); },
    [&] { return info(1).finished.value_or(timestamp{}); });
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::dead);
  CAF_CHECK_EQUAL(found.attempts, 1u);
  CAF_CHECK_EQUAL(found.message, "no use");
  CAF_CHECK_EQUAL(found.lease_token, claimed.lease.token);
  CAF_CHECK(!found.lease_owner && !found.lease_until);
  advance(std::chrono::hours{1000});
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(a snoozed attempt does not count) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  advance(10s);
  check_time([&] { CAF_CHECK(settle(claimed.lease, verdict::snoozed, 30s)); },
             [&] { return info(1).due; }, 30s);
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::pending);
  CAF_CHECK_EQUAL(found.attempts, 0u);
  CAF_CHECK(!found.lease_owner && !found.lease_until);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(30s);
  auto again = claim_one(mail);
  CAF_CHECK_EQUAL(again.attempt, 1u);
  CAF_CHECK_EQUAL(again.lease.token, claimed.lease.token + 1);
}

CAF_TEST(a released delivery may be claimed at once and does not count) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  auto due = info(1).due;
  CAF_CHECK(settle(claimed.lease, verdict::released, 30s));
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::pending);
  CAF_CHECK_EQUAL(found.attempts, 0u);
  CAF_CHECK_EQUAL(micros_of(found.due), micros_of(due));
  CAF_CHECK(!found.lease_owner && !found.lease_until);
  auto again = claim_one(mail);
  CAF_CHECK_EQUAL(again.attempt, 1u);
  CAF_CHECK_EQUAL(again.lease.token, claimed.lease.token + 1);
}

CAF_TEST(what was failed is failed again after being given back) {
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed, 0s, "no paper"));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::released));
  CAF_CHECK_EQUAL(info(1).status, status::failed);
  CAF_CHECK(settle(claim_one(mail).lease, verdict::snoozed, 0s));
  CAF_CHECK_EQUAL(info(1).status, status::failed);
  CAF_CHECK_EQUAL(info(1).attempts, 1u);
  CAF_CHECK_EQUAL(info(1).message, "no paper");
}

CAF_TEST(one call settles many) {
  auto mail = add("mail");
  write({make(1), make(2), make(3), make(4), make(5)});
  auto claimed = claim(mail).claimed;
  settle_deliveries request;
  request.settlements = {{claimed.at(0).lease, verdict::done, 0s, ""},
                         {claimed.at(1).lease, verdict::failed, 10s, "1"},
                         {claimed.at(2).lease, verdict::dead, 0s, "2"},
                         {claimed.at(3).lease, verdict::snoozed, 10s, ""},
                         {claimed.at(4).lease, verdict::released, 0s, ""}};
  CAF_CHECK(get(db->settle(request)).lost.empty());
  std::vector<status> found;
  for (auto n : {1u, 2u, 3u, 4u, 5u})
    found.push_back(info(n).status);
  CAF_CHECK_EQUAL(found,
                  (std::vector{status::done, status::failed, status::dead,
                               status::pending, status::pending}));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{5});
}

CAF_TEST(settling nothing loses nothing) {
  CAF_CHECK(get(db->settle({})).lost.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
