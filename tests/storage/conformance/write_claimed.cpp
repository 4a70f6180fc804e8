#include "harness.hpp"

#include <map>
#include <set>

// Writing and claiming in one transaction. A store may claim fewer than asked
// for; what holds for those that it has claimed is the same in all.

namespace {

class write_claimed_fixture : public fixture {
public:
  written_and_claimed write_claimed(std::vector<event> events,
                                    std::vector<route_demand> demand) {
    return get(db->write_claimed(
      {std::move(events), owner, std::move(demand), lease_duration}));
  }

  /// SQLite has no reason to: a claim costs little there.
  [[nodiscard]] bool can_claim() const {
    return place.kind() != std::string{"sqlite"};
  }

  [[nodiscard]] size_t expected(size_t count) const {
    return can_claim() ? count : 0;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(write_claimed_tests, write_claimed_fixture)

CAF_TEST(what is written can be claimed at once) {
  auto mail = add("mail");
  auto event = make(1);
  event.headers["key"] = "value";
  event.date = timestamp{1700000000s};
  event.cause = nth(9);
  auto got = write_claimed({event, make(2)}, {{mail, 9}});
  CAF_CHECK_EQUAL(results(got.receipts), "stored:1 stored:1");
  CAF_REQUIRE_EQUAL(got.claimed.size(), expected(2));
  CAF_CHECK_EQUAL(claim(mail).size(), 2 - expected(2));
  if (!can_claim())
    return;
  auto& first = got.claimed[0];
  CAF_CHECK(first.event == event);
  CAF_CHECK(first.event == *find(1).event);
  CAF_CHECK_EQUAL(first.attempt, 1u);
  CAF_CHECK(!first.perilous);
  CAF_CHECK(!first.lease.ordered);
  CAF_CHECK_EQUAL(first.lease.route, mail);
  auto told = info(1);
  CAF_CHECK_EQUAL(told.status, status::in_progress);
  CAF_CHECK_EQUAL(told.attempts, 1u);
  CAF_CHECK(told.lease_owner == owner);
  CAF_CHECK_EQUAL(told.lease_token, first.lease.token);
  CAF_CHECK_EQUAL(summarize().routes.at(0).in_progress, 2u);
  CAF_CHECK(settle(first.lease, verdict::done));
  CAF_CHECK(settle(got.claimed[1].lease, verdict::failed, 1h, "no"));
  CAF_CHECK_EQUAL(info(1).status, status::done);
  CAF_CHECK_EQUAL(info(2).status, status::failed);
}

CAF_TEST(an event by itself is claimed for the handlers with room) {
  auto mail = add("mail");
  auto note = add("note");
  auto log = add("log");
  add("bill", "invoice");
  auto event = make(1);
  event.headers["key"] = "value";
  event.date = timestamp{1700000000s};
  event.cause = nth(9);
  auto got = write_claimed({event}, {{mail, 1}, {note, 0}});
  CAF_CHECK_EQUAL(results(got.receipts), "stored:3");
  CAF_REQUIRE_EQUAL(got.claimed.size(), expected(1));
  for (auto& x : got.claimed) {
    CAF_CHECK(x.event == event);
    CAF_CHECK_EQUAL(x.lease.route, mail);
    CAF_CHECK_EQUAL(x.attempt, 1u);
    CAF_CHECK(settle(x.lease, verdict::done));
  }
  auto rest = claim({{mail, 9}, {note, 9}, {log, 9}}, 9);
  CAF_CHECK_EQUAL(rest.size(), 3 - expected(1));
  std::set<route_id> routes;
  for (auto& x : rest.claimed) {
    CAF_CHECK(x.event == event);
    CAF_CHECK(routes.insert(x.lease.route).second);
  }
  CAF_CHECK(routes.count(note) == 1 && routes.count(log) == 1);
  got = write_claimed({make(1)}, {{mail, 9}});
  CAF_CHECK_EQUAL(results(got.receipts), "duplicate:0");
  got = write_claimed({make(2, "unknown")}, {{mail, 9}});
  CAF_CHECK_EQUAL(results(got.receipts), "unrouted:0");
  CAF_CHECK(got.claimed.empty());
}

CAF_TEST(its lease is as long as was asked for) {
  auto mail = add("mail");
  auto got = write_claimed({make(1), make(2)}, {{mail, 9}});
  if (!can_claim())
    return;
  CAF_CHECK(renew(got.claimed.at(1).lease, 1h));
  advance(60s);
  auto again = claim(mail);
  CAF_CHECK_EQUAL(numbers(again), ints{1});
  CAF_CHECK_EQUAL(again.claimed.at(0).attempt, 2u);
  CAF_CHECK(!settle(got.claimed[0].lease, verdict::done));
  CAF_CHECK(settle(got.claimed[1].lease, verdict::done));
}

CAF_TEST(no more is claimed than there is room for) {
  auto mail = add("mail");
  auto note = add("note");
  auto other = add("other", "invoice");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 600; ++n)
    events.push_back(make(n, n % 3 == 0 ? "invoice" : "order"));
  auto got = write_claimed(events, {{mail, 400}, {other, 150}});
  std::map<route_id, uint32_t> count;
  for (auto& x : got.claimed)
    ++count[x.lease.route];
  CAF_CHECK_EQUAL(count[mail], expected(400));
  CAF_CHECK_LESS_OR_EQUAL(count[other], 150u);
  CAF_CHECK_EQUAL(count[note], 0u);
  // The rest waits, in order.
  auto rest = claim({{mail, 999}, {note, 999}, {other, 999}}, 2000);
  CAF_CHECK_EQUAL(rest.size() + got.claimed.size(), 1000u);
  std::set<std::pair<event_seq, route_id>> all;
  for (auto* part : {&got.claimed, &rest.claimed})
    for (auto& x : *part)
      all.emplace(x.lease.seq, x.lease.route);
  CAF_CHECK_EQUAL(all.size(), 1000u);
}

CAF_TEST(only what is new and has no ordering key is claimed) {
  auto mail = add("mail");
  write(make(1));
  auto got = write_claimed({make(1), make(2), make_ordered(3, "a"), make(2),
                            make(4, "unknown")},
                           {{mail, 9}});
  CAF_CHECK_EQUAL(results(got.receipts),
                  "duplicate:0 stored:1 stored:1 duplicate:0 unrouted:0");
  CAF_REQUIRE_EQUAL(got.claimed.size(), expected(1));
  if (can_claim())
    CAF_CHECK_EQUAL(number_of(got.claimed[0].event.id), 2);
  CAF_CHECK_EQUAL(claim(mail).size(), 3 - expected(1));
}

CAF_TEST(each lease is of the event with its number) {
  auto mail = add("mail");
  auto note = add("note", "invoice");
  std::vector<event> events;
  for (auto n : {5u, 2u, 9u, 1u, 7u, 3u})
    events.push_back(make(n, n % 3 == 0 ? "invoice" : "order"));
  events.push_back(make_ordered(4, "a"));
  auto got = write_claimed(events, {{mail, 9}, {note, 9}});
  CAF_CHECK_EQUAL(got.claimed.size(), expected(6));
  for (auto& x : got.claimed) {
    auto number = number_of(x.event.id);
    CAF_CHECK(x.event == *find(static_cast<uint32_t>(number)).event);
    CAF_CHECK_EQUAL(x.lease.route, number % 3 == 0 ? note : mail);
    CAF_CHECK(settle(x.lease, verdict::failed, 1h, std::to_string(number)));
  }
  for (auto& x : got.claimed) {
    auto number = number_of(x.event.id);
    CAF_CHECK_EQUAL(info(static_cast<uint32_t>(number)).message,
                    std::to_string(number));
  }
}

CAF_TEST(an event that gets a handler later is not claimed) {
  auto mail = add("mail");
  write(make(1));
  auto note = add("note");
  auto got = write_claimed({make(1)}, {{mail, 9}, {note, 9}});
  CAF_CHECK_EQUAL(results(got.receipts), "stored:1");
  CAF_CHECK(got.claimed.empty());
  CAF_CHECK_EQUAL(claim({{mail, 9}, {note, 9}}, 9).size(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
