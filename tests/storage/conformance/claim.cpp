#include "harness.hpp"

#include <set>
#include <thread>

CAF_TEST_FIXTURE_SCOPE(claim_tests, fixture)

CAF_TEST(nothing is claimed where nothing is wanted or there) {
  auto mail = add("mail");
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  write(make(1));
  CAF_CHECK_EQUAL(claim({}, 10).size(), 0u);
  CAF_CHECK_EQUAL(claim({{mail, 0}}, 10).size(), 0u);
  CAF_CHECK_EQUAL(claim({{mail, 10}}, 0).size(), 0u);
  CAF_CHECK_EQUAL(claim({{mail + 1000, 10}}, 10).size(), 0u);
  CAF_CHECK_EQUAL(info(1).status, status::pending);
}

CAF_TEST(a claim leases the delivery and counts the attempt) {
  auto mail = add("mail");
  auto written = make(1);
  written.headers["a"] = "b";
  write(written);
  auto due = info(1).due;
  advance(10s);
  claimed_deliveries result;
  check_time([&] { result = claim(mail); },
             [&] { return info(1).lease_until.value_or(timestamp{}); },
             lease_duration);
  CAF_REQUIRE_EQUAL(result.claimed.size(), 1u);
  CAF_CHECK(result.buried.empty());
  auto& claimed = result.claimed[0];
  CAF_CHECK_EQUAL(claimed.lease.route, mail);
  CAF_CHECK_EQUAL(claimed.lease.token, 1);
  CAF_CHECK_EQUAL(claimed.attempt, 1u);
  CAF_CHECK(claimed.event == written);
  auto found = info(1);
  CAF_CHECK_EQUAL(found.status, status::in_progress);
  CAF_CHECK_EQUAL(found.attempts, 1u);
  CAF_CHECK_EQUAL(found.lease_token, 1);
  CAF_CHECK(found.lease_owner == owner);
  CAF_CHECK(!found.finished);
  // The due time decides the order, also when the lease has expired.
  CAF_CHECK_LESS_OR_EQUAL(micros_of(found.due), micros_of(due));
}

CAF_TEST(what is leased is not claimed by anyone) {
  auto mail = add("mail");
  write(make(1));
  claim_one(mail);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  owner = nth(0xFFFE);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(deliveries go out in the order of writing when due at once) {
  auto mail = add("mail");
  write({make(3), make(1), make(2)});
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), (ints{3, 1}));
  CAF_CHECK_EQUAL(numbers(claim(mail, 2)), ints{2});
}

CAF_TEST(deliveries go out in the order of their due times) {
  auto mail = add("mail");
  write({make(1), make(2), make(3)});
  auto claimed = claim(mail).claimed;
  CAF_CHECK(settle(claimed.at(0).lease, verdict::failed, 30s));
  CAF_CHECK(settle(claimed.at(1).lease, verdict::failed, 10s));
  CAF_CHECK(settle(claimed.at(2).lease, verdict::failed, 20s));
  advance(40s);
  write(make(4));
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{2, 3, 1, 4}));
}

CAF_TEST(a delivery that is due later waits) {
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::failed, 100s));
  advance(50s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  advance(50s);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(a claim takes no more of a route than it has room for) {
  auto mail = add("mail");
  auto note = add("note", "invoice");
  write({make(1), make(2), make(3), make(4, "invoice"), make(5, "invoice")});
  CAF_CHECK_EQUAL(numbers(claim({{note, 1}, {mail, 2}}, 10)), (ints{1, 2, 4}));
  CAF_CHECK_EQUAL(numbers(claim({{note, 9}, {mail, 0}}, 10)), ints{5});
}

CAF_TEST(a claim takes the oldest of all routes up to its limit) {
  auto mail = add("mail");
  auto note = add("note", "invoice");
  write({make(1), make(2, "invoice"), make(3), make(4, "invoice"), make(5)});
  CAF_CHECK_EQUAL(numbers(claim({{note, 9}, {mail, 9}}, 3)), (ints{1, 2, 3}));
  CAF_CHECK_EQUAL(numbers(claim({{mail, 9}, {note, 9}}, 3)), (ints{4, 5}));
}

CAF_TEST(due times decide the order also between routes) {
  auto mail = add("mail");
  auto note = add("note", "invoice");
  write({make(1), make(2, "invoice"), make(3)});
  auto claimed = claim({{mail, 9}, {note, 9}}, 9).claimed;
  CAF_CHECK(settle(claimed.at(0).lease, verdict::failed, 30s));
  CAF_CHECK(settle(claimed.at(1).lease, verdict::failed, 20s));
  CAF_CHECK(settle(claimed.at(2).lease, verdict::failed, 10s));
  advance(30s);
  CAF_CHECK_EQUAL(numbers(claim({{mail, 9}, {note, 9}}, 9)), (ints{3, 2, 1}));
}

CAF_TEST(deliveries of one event go out by route) {
  auto a = add("a");
  auto b = add("b");
  write({make(1), make(2)});
  auto claimed = claim({{b, 9}, {a, 9}}, 3).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 3u);
  std::vector<route_id> routes;
  for (auto& x : claimed)
    routes.push_back(x.lease.route);
  CAF_CHECK_EQUAL(routes, (std::vector{a, b, a}));
  CAF_CHECK(claimed.at(0).event == claimed.at(1).event);
  CAF_CHECK_EQUAL(claimed.at(0).lease.seq, claimed.at(1).lease.seq);
}

CAF_TEST(a route that is named twice is taken once or added up) {
  auto mail = add("mail");
  write({make(1), make(2), make(3), make(4), make(5)});
  auto claimed = numbers(claim({{mail, 2}, {mail, 2}}, 10));
  CAF_CHECK_GREATER_OR_EQUAL(claimed.size(), 2u);
  CAF_CHECK_LESS_OR_EQUAL(claimed.size(), 4u);
}

CAF_TEST(only routes that are asked for are claimed) {
  auto mail = add("mail");
  auto missing = add("missing");
  write({make(1), make(2)});
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{1, 2}));
  for (auto& x : find(1).deliveries)
    CAF_CHECK_EQUAL(x.status, x.handler_key == "mail" ? status::in_progress
                                                      : status::pending);
  CAF_CHECK_EQUAL(numbers(claim(missing)), (ints{1, 2}));
}

CAF_TEST(an expired lease is claimed again under a new token) {
  auto mail = add("mail");
  write(make(1));
  auto first = claim_one(mail);
  advance(59s);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
  owner = nth(0xFFFE);
  advance(1s);
  auto second = claim_one(mail);
  CAF_CHECK_EQUAL(second.attempt, 2u);
  CAF_CHECK_EQUAL(second.lease.token, first.lease.token + 1);
  CAF_CHECK_EQUAL(second.lease.seq, first.lease.seq);
  CAF_CHECK(info(1).lease_owner == owner);
  CAF_CHECK_EQUAL(info(1).status, status::in_progress);
  CAF_CHECK_EQUAL(claim(mail).size(), 0u);
}

CAF_TEST(two connections never claim the same delivery) {
  auto mail = add("mail");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 300; ++n)
    events.push_back(make(n));
  write(events);
  // Returns an error as a text, since a thread must not check.
  auto claim_all = [mail, this](store& target, std::vector<lease>& out) {
    for (;;) {
      auto result = target.claim({owner, {{mail, 7}}, 7, lease_duration, 5});
      if (!result)
        return describe(result.error());
      if (result->claimed.empty())
        return std::string{};
      for (auto& x : result->claimed)
        out.push_back(x.lease);
    }
  };
  auto other = place.open();
  std::vector<lease> here;
  std::vector<lease> there;
  std::string error;
  std::thread worker{[&] { error = claim_all(*other, there); }};
  CAF_CHECK_EQUAL(claim_all(*db, here), "");
  worker.join();
  CAF_CHECK_EQUAL(error, "");
  std::set<lease> all(here.begin(), here.end());
  all.insert(there.begin(), there.end());
  // A delivery that is locked by one connection may be passed over by another.
  for (auto& x : claim(mail, 1000).claimed)
    all.insert(x.lease);
  CAF_CHECK_LESS_OR_EQUAL(here.size() + there.size(), 300u);
  CAF_CHECK_EQUAL(all.size(), 300u);
  std::set<event_seq> seqs;
  for (auto& x : all)
    seqs.insert(x.seq);
  CAF_CHECK_EQUAL(seqs.size(), 300u);
}

CAF_TEST(a claim that looks first finds all that is due) {
  auto mail = add("mail");
  auto other = add("other", "refund");
  claim_deliveries request{owner, {{mail, 9}}, 9, lease_duration, max_attempts};
  request.look_first = true;
  auto look = [&] { return get(db->claim(request)).claimed; };
  CAF_CHECK_EQUAL(look().size(), 0u);
  write(make(1, "refund"));
  CAF_CHECK_EQUAL(look().size(), 0u);
  CAF_CHECK_EQUAL(claim(other).size(), 1u);
  // One at a time, so that none is found for another's sake.
  uint32_t n = 1;
  for (auto x : {make(2), make_ordered(3, "key")}) {
    write(x);
    CAF_REQUIRE_EQUAL(look().size(), 1u);
    CAF_CHECK_EQUAL(look().size(), 0u);
    advance(60s); // the lease is over
    auto again = look();
    CAF_REQUIRE_EQUAL(again.size(), 1u);
    CAF_CHECK_EQUAL(again[0].attempt, 2u);
    CAF_CHECK(settle(again[0].lease, verdict::failed, 30s));
    CAF_CHECK_EQUAL(look().size(), 0u);
    advance(30s);
    auto last = look();
    CAF_REQUIRE_EQUAL(last.size(), 1u);
    CAF_CHECK(settle(last[0].lease, verdict::done));
    CAF_CHECK_EQUAL(look().size(), 0u);
    CAF_CHECK_EQUAL(info(++n).status, status::done);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
