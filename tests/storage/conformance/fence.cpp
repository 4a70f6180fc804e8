#include "harness.hpp"

// Only the current lease of a delivery settles or renews it.

namespace {

constexpr verdict all_verdicts[] = {verdict::done, verdict::failed,
                                    verdict::dead, verdict::snoozed,
                                    verdict::released};

class fence_fixture : public fixture {
public:
  /// Checks that `x` settles and renews nothing.
  void check_lost(const lease& x) {
    auto before = deep_to_string(get(db->find({nth(1)})));
    for (auto how : all_verdicts)
      CAF_CHECK(!settle(x, how, 30s, "late"));
    CAF_CHECK(!renew(x, 3600s));
    CAF_CHECK_EQUAL(deep_to_string(get(db->find({nth(1)}))), before);
  }

  static std::string deep_to_string(event_record x) {
    return caf::deep_to_string(x);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(fence_tests, fence_fixture)

CAF_TEST(a lease that was taken over is lost) {
  auto mail = add("mail");
  write(make(1));
  auto first = claim_one(mail);
  advance(60s);
  auto second = claim_one(mail);
  check_lost(first.lease);
  CAF_CHECK(settle(second.lease, verdict::done));
  check_lost(first.lease);
}

CAF_TEST(a lease is lost once it has settled in any way) {
  auto mail = add("mail");
  write(make(1));
  for (auto how :
       {verdict::failed, verdict::snoozed, verdict::released, verdict::dead}) {
    auto claimed = claim_one(mail);
    CAF_CHECK(settle(claimed.lease, how));
    check_lost(claimed.lease);
  }
}

CAF_TEST(a lease that never was is lost) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  auto wrong = claimed.lease;
  wrong.token = 0;
  check_lost(wrong);
  wrong.token = claimed.lease.token + 1;
  check_lost(wrong);
  wrong = claimed.lease;
  wrong.route += 1000;
  check_lost(wrong);
  wrong = claimed.lease;
  wrong.seq += 1000;
  check_lost(wrong);
  CAF_CHECK(settle(claimed.lease, verdict::done));
}

CAF_TEST(a delivery that was never claimed cannot be settled) {
  auto mail = add("mail");
  write({make(1), make(2)});
  auto other = claim(mail, 1).claimed.at(0).lease;
  check_lost({other.seq + 1, mail, 0});
  CAF_CHECK_EQUAL(info(2).status, status::pending);
}

CAF_TEST(an expired lease counts until somebody takes over) {
  auto mail = add("mail");
  write({make(1), make(2)});
  auto claimed = claim(mail).claimed;
  advance(std::chrono::hours{1});
  CAF_CHECK(settle(claimed.at(0).lease, verdict::done));
  CAF_CHECK(renew(claimed.at(1).lease, 60s));
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(of one lease twice in a call the first counts) {
  auto mail = add("mail");
  write({make(1), make(2)});
  auto claimed = claim(mail).claimed;
  settle_deliveries request;
  request.settlements = {{claimed.at(0).lease, verdict::failed, 60s, "first"},
                         {claimed.at(0).lease, verdict::done, 0s, ""},
                         {claimed.at(1).lease, verdict::done, 0s, ""},
                         {claimed.at(1).lease, verdict::dead, 0s, "second"}};
  auto lost = get(db->settle(request)).lost;
  CAF_CHECK_EQUAL(lost,
                  (std::vector{claimed.at(0).lease, claimed.at(1).lease}));
  CAF_CHECK_EQUAL(info(1).status, status::failed);
  CAF_CHECK_EQUAL(info(1).message, "first");
  CAF_CHECK_EQUAL(info(2).status, status::done);
  CAF_CHECK_EQUAL(info(2).message, "");
}

CAF_TEST(a lost lease that an earlier call has ended is told apart) {
  auto mail = add("mail");
  write({make(1), make(2), make(3), make(4), make(5)});
  auto claimed = claim(mail).claimed;
  settle_deliveries request;
  for (auto how : all_verdicts)
    request.settlements.push_back(
      {claimed.at(request.settlements.size()).lease, how, 0s, "x"});
  auto first = get(db->settle(request));
  CAF_CHECK(first.lost.empty() && first.ended_before.empty());
  auto again = get(db->settle(request));
  CAF_CHECK_EQUAL(again.lost.size(), 5u);
  CAF_CHECK_EQUAL(again.ended_before, again.lost);
  // What was claimed again since has another token.
  auto taken = numbers(claim(mail));
  std::sort(taken.begin(), taken.end());
  CAF_CHECK_EQUAL(taken, (ints{2, 4, 5}));
  again = get(db->settle(request));
  CAF_CHECK_EQUAL(again.lost.size(), 5u);
  CAF_CHECK_EQUAL(again.ended_before,
                  (std::vector{claimed.at(0).lease, claimed.at(2).lease}));
}

CAF_TEST(a lease that never was has not been ended before) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  for (auto x : {lease{claimed.lease.seq, mail, 0},
                 lease{claimed.lease.seq, mail, claimed.lease.token + 1},
                 lease{claimed.lease.seq + 1, mail, 1},
                 lease{claimed.lease.seq, mail + 1000, 1}}) {
    auto reply = get(db->settle({{{x, verdict::done, 0s, ""}}}));
    CAF_CHECK_EQUAL(reply.lost, std::vector{x});
    CAF_CHECK(reply.ended_before.empty());
  }
  // Never claimed: its token is 0, and it has no lease.
  write(make(2));
  lease none{claimed.lease.seq + 1, mail, 0};
  CAF_CHECK(get(db->settle({{{none, verdict::done, 0s, ""}}}))
              .ended_before.empty());
}

CAF_TEST(a released lease twice in a call gives back one attempt) {
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed));
  auto claimed = claim_one(mail);
  settle_deliveries request;
  request.settlements = {{claimed.lease, verdict::released, 0s, ""},
                         {claimed.lease, verdict::released, 0s, ""}};
  CAF_CHECK_EQUAL(get(db->settle(request)).lost, std::vector{claimed.lease});
  CAF_CHECK_EQUAL(info(1).attempts, 1u);
}

CAF_TEST(a lost lease does not stop the others of its call) {
  auto mail = add("mail");
  write({make(1), make(2), make(3)});
  auto old = claim(mail).claimed;
  advance(60s);
  auto current = claim(mail).claimed;
  settle_deliveries request;
  request.settlements = {{current.at(0).lease, verdict::done, 0s, ""},
                         {old.at(1).lease, verdict::dead, 0s, "late"},
                         {current.at(2).lease, verdict::dead, 0s, "now"}};
  CAF_CHECK_EQUAL(get(db->settle(request)).lost, std::vector{old.at(1).lease});
  CAF_CHECK_EQUAL(info(1).status, status::done);
  CAF_CHECK_EQUAL(info(2).status, status::in_progress);
  CAF_CHECK_EQUAL(info(3).status, status::dead);
  auto lost
    = get(db->renew(
            {{old.at(0).lease, current.at(1).lease, old.at(2).lease}, 600s}))
        .lost;
  CAF_CHECK_EQUAL(lost, (std::vector{old.at(0).lease, old.at(2).lease}));
  advance(500s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(an erased delivery cannot be settled) {
  auto mail = add("mail");
  write(make(1));
  auto claimed = claim_one(mail);
  advance(100s);
  CAF_CHECK_EQUAL(erase(100s, 0, 10, true).events, 1u);
  CAF_CHECK(!settle(claimed.lease, verdict::done));
  CAF_CHECK(!renew(claimed.lease, 60s));
  // Nor does its lease fit the next event: positions are not used again.
  write(make(1));
  CAF_CHECK_NOT_EQUAL(claim_one(mail).lease.seq, claimed.lease.seq);
  check_lost(claimed.lease);
}

CAF_TEST_FIXTURE_SCOPE_END()
