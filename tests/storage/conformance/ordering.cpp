#include "harness.hpp"

#include <map>

// Deliveries of one route that share an ordering key go out one after another.

CAF_TEST_FIXTURE_SCOPE(ordering_tests, fixture)

CAF_TEST(the second waits until the first is done) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a"), make_ordered(3, "a")});
  auto first = claim(mail).claimed;
  CAF_REQUIRE_EQUAL(first.size(), 1u);
  CAF_CHECK_EQUAL(number_of(first.at(0).event.id), 1);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  CAF_CHECK(settle(first.at(0).lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(the second waits while the first has failed and waits) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed, 100s));
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(100s);
  auto again = claim(mail).claimed;
  CAF_REQUIRE_EQUAL(again.size(), 1u);
  CAF_CHECK_EQUAL(number_of(again.at(0).event.id), 1);
  CAF_CHECK(settle(again.at(0).lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(the second waits while the first is snoozed or given back) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  CAF_CHECK(settle(claim_one(mail).lease, verdict::snoozed, 100s));
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(100s);
  CAF_CHECK(settle(claim_one(mail).lease, verdict::released));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(a dead delivery lets the next one go) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  CAF_CHECK(settle(claim_one(mail).lease, verdict::dead));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(an expired lease does not let the next one go) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  claim_one(mail);
  advance(60s);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(other ordering keys and none are not held up) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a"), make_ordered(3, "b"),
         make(4), make_ordered(5, "b"), make(6)});
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{1, 3, 4, 6}));
}

CAF_TEST(routes are independent) {
  auto mail = add("mail");
  auto audit = add("audit");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  auto first = claim_one(mail);
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{1});
  CAF_CHECK(settle(first.lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
  CAF_CHECK_EQUAL(claim(audit).size(), 0u);
}

CAF_TEST(a delivery of a route without a handler holds up no other route) {
  auto mail = add("mail");
  add("missing");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(the order is that of writing and not that of due times) {
  auto mail = add("mail");
  write(make_ordered(2, "a"));
  advance(10s);
  write(make_ordered(1, "a"));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed, 50s));
  advance(20s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(30s);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(a delivery that an old event gets later holds up those behind it) {
  auto mail = add("mail");
  auto audit = add("audit");
  remove(audit);
  write(make_ordered(1, "a"));
  CAF_CHECK_EQUAL(add("audit"), audit);
  write(make_ordered(2, "a"));
  CAF_CHECK_EQUAL(results({write(make_ordered(1, "a"))}), "stored:1");
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(an older event waits for the attempt of a newer one) {
  auto mail = add("mail");
  auto audit = add("audit");
  remove(audit);
  write(make_ordered(1, "a"));
  CAF_CHECK_EQUAL(add("audit"), audit);
  write(make_ordered(2, "a"));
  auto second = claim_one(audit);
  write(make_ordered(1, "a"));
  CAF_CHECK_EQUAL(claim(audit).size(), 0u);
  CAF_CHECK(settle(second.lease, verdict::failed, 0s));
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{1});
  CAF_CHECK_EQUAL(claim(audit).size(), 0u);
  advance(60s);
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(an older event waits for the attempt of a newer one until it is lost) {
  auto mail = add("mail");
  auto audit = add("audit");
  remove(audit);
  write(make_ordered(1, "a"));
  CAF_CHECK_EQUAL(add("audit"), audit);
  write({make_ordered(2, "a"), make_ordered(3, "a")});
  claim_one(audit);
  write(make_ordered(1, "a"));
  advance(60s);
  auto first = claim_one(audit);
  CAF_CHECK_EQUAL(number_of(first.event.id), 1);
  CAF_CHECK(settle(first.lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{2});
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(an older event waits for a newer one whose lease came back to life) {
  auto mail = add("mail");
  auto audit = add("audit");
  remove(audit);
  write(make_ordered(1, "a"));
  CAF_CHECK_EQUAL(add("audit"), audit);
  write(make_ordered(2, "a"));
  auto second = claim_one(audit);
  write(make_ordered(1, "a"));
  advance(60s);
  auto first = claim_one(audit);
  CAF_CHECK(renew(second.lease, 60s));
  CAF_CHECK(settle(first.lease, verdict::failed, 0s));
  CAF_CHECK_EQUAL(claim(audit).size(), 0u);
  CAF_CHECK(settle(second.lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(an expired lease does not overtake an older event) {
  auto mail = add("mail");
  auto audit = add("audit");
  remove(audit);
  write(make_ordered(1, "a"));
  CAF_CHECK_EQUAL(add("audit"), audit);
  write(make_ordered(2, "a"));
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{2});
  write(make_ordered(1, "a"));
  advance(60s);
  CAF_CHECK_EQUAL(numbers(claim(audit)), ints{1});
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(an erased delivery lets the next one go) {
  auto mail = add("mail");
  write(make_ordered(1, "a"));
  advance(100s);
  write(make_ordered(2, "a"));
  CAF_CHECK_EQUAL(erase(100s, 0, 10, true).events, 1u);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(an erased delivery in the middle leaves the order as it is) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a"), make_ordered(3, "a")});
  auto first = claim_one(mail);
  advance(30s); // its lease is live, so only the others go
  CAF_CHECK_EQUAL(erase(30s, 1, 1, true).events, 1u);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  CAF_CHECK(settle(first.lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{3});
}

CAF_TEST(a lost settlement lets nobody go) {
  auto mail = add("mail");
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  auto first = claim_one(mail);
  advance(60s);
  auto again = claim_one(mail);
  CAF_CHECK(!settle(first.lease, verdict::done));
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  CAF_CHECK(settle(again.lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(a long queue is worked off in its order) {
  auto mail = add("mail");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 100; ++n)
    events.push_back(make_ordered(n, n % 3 == 0 ? "a" : "b"));
  write({events.begin(), events.begin() + 50});
  for (auto i = events.begin() + 50; i != events.end(); ++i)
    write(*i);
  std::map<std::string, ints> order;
  std::map<std::string, ints> expected;
  for (auto& x : events)
    expected[*x.ordering_key].push_back(number_of(x.id));
  for (auto round = 0; round < 100; ++round) {
    settle_deliveries ends;
    for (auto& x : claim(mail).claimed) {
      order[*x.event.ordering_key].push_back(number_of(x.event.id));
      ends.settlements.push_back({x.lease, verdict::done, 0s, ""});
    }
    CAF_CHECK(get(db->settle(ends)).lost.empty());
  }
  CAF_CHECK(order == expected);
}

CAF_TEST(an event that waits for its first handler is not overtaken) {
  write({make_ordered(1, "a"), make_ordered(2, "b"), make_ordered(3, "a")});
  auto mail = add("mail");
  write({make_ordered(4, "a"), make_ordered(5, "c"), make(6)});
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{5, 6}));
  CAF_CHECK_EQUAL(route({mail}, 1), 1u);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
  CAF_CHECK_EQUAL(route({mail}), 2u);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(an event that no handler will get any more holds nobody up) {
  write(make_ordered(1, "a"));
  auto mail = add("mail");
  write(make_ordered(2, "a"));
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  remove(mail);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
}

CAF_TEST(kept events that get their handler together keep their order) {
  write({make_ordered(1, "a"), make_ordered(2, "a"), make_ordered(3, "b")});
  auto mail = add("mail");
  auto audit = add("audit");
  CAF_CHECK_EQUAL(route({mail}), 3u);
  auto first = claim(mail).claimed;
  CAF_REQUIRE_EQUAL(first.size(), 2u);
  CAF_CHECK(settle(first[0].lease, verdict::done));
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{2});
  CAF_CHECK_EQUAL(numbers(claim(audit)), (ints{1, 3}));
}

CAF_TEST_FIXTURE_SCOPE_END()
