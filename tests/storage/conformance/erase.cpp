#include "harness.hpp"

#include <random>

namespace {

class erase_fixture : public fixture {
public:
  route_id mail = add("mail");

  static std::string noise(size_t size) {
    std::minstd_rand numbers;
    std::string result;
    while (result.size() < size)
      result += static_cast<char>(numbers() >> 8);
    return result;
  }

  bool exists(uint32_t n) {
    return find(n).event.has_value();
  }

  void finish(uint32_t n, verdict how = verdict::done) {
    write(make(n));
    CAF_CHECK(settle(claim_one(mail).lease, how));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(erase_tests, erase_fixture)

CAF_TEST(events go when all their deliveries ended long enough ago) {
  finish(1);
  finish(2, verdict::dead);
  advance(99s);
  CAF_CHECK_EQUAL(erase(100s).events, 0u);
  CAF_CHECK(exists(1) && exists(2));
  advance(1s);
  auto result = erase(100s);
  CAF_CHECK_EQUAL(result.events, 2u);
  CAF_CHECK_EQUAL(result.deliveries, 2u);
  CAF_CHECK_EQUAL(result.next, 0);
  CAF_CHECK(!exists(1) && !exists(2));
  // The id is new again.
  CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1");
}

CAF_TEST(the end of the last delivery counts and not the writing) {
  add("audit");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  advance(100s);
  CAF_CHECK_EQUAL(erase(100s).events, 0u);
  CAF_CHECK(settle(claim_one(add("audit")).lease, verdict::done));
  advance(50s);
  CAF_CHECK_EQUAL(erase(100s).events, 0u);
  advance(50s);
  auto result = erase(100s);
  CAF_CHECK_EQUAL(result.events, 1u);
  CAF_CHECK_EQUAL(result.deliveries, 2u);
}

CAF_TEST(unfinished and unrouted events stay) {
  write({make(1), make(2), make(3), make(4, "nobody")});
  auto claimed = claim(mail, 2).claimed;
  CAF_CHECK(settle(claimed.at(0).lease, verdict::failed));
  advance(std::chrono::hours{1000});
  auto result = erase(100s);
  CAF_CHECK_EQUAL(result.events, 0u);
  CAF_CHECK_EQUAL(result.deliveries, 0u);
  CAF_CHECK(exists(1) && exists(2) && exists(3) && exists(4));
}

CAF_TEST(unfinished events go when that is asked for) {
  write({make(1), make(2), make(3), make(4, "nobody")});
  auto claimed = claim(mail, 2).claimed;
  CAF_CHECK(
    settle(claimed.at(0).lease, verdict::failed, std::chrono::hours{9}));
  advance(100s);
  write(make(5));
  auto result = erase(100s, 0, 100, true);
  // The second one's lease has expired as well.
  CAF_CHECK_EQUAL(result.events, 4u);
  CAF_CHECK_EQUAL(result.deliveries, 3u);
  CAF_CHECK(exists(5));
  CAF_CHECK(summarize().unrouted.empty());
}

CAF_TEST(a live lease keeps its event) {
  add("audit");
  write(make(1));
  lease_duration = 200s;
  auto claimed = claim_one(mail);
  advance(199s);
  CAF_CHECK_EQUAL(erase(100s, 0, 100, true).events, 0u);
  CAF_CHECK(exists(1));
  advance(1s);
  CAF_CHECK_EQUAL(erase(100s, 0, 100, true).events, 1u);
  CAF_CHECK(!settle(claimed.lease, verdict::done));
}

CAF_TEST(what was asked for unfinished goes by its age alone) {
  write(make(1));
  advance(100s);
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  CAF_CHECK_EQUAL(erase(100s).events, 0u);
  CAF_CHECK_EQUAL(erase(100s, 0, 100, true).events, 1u);
}

CAF_TEST(events are looked at page by page) {
  for (uint32_t n = 1; n <= 5; ++n)
    finish(n);
  write(make(6));
  advance(100s);
  auto first = erase(100s, 0, 2);
  CAF_CHECK_EQUAL(first.events, 2u);
  CAF_CHECK(!exists(1) && !exists(2) && exists(3));
  CAF_CHECK_GREATER(first.next, 0);
  auto second = erase(100s, first.next, 2);
  CAF_CHECK_EQUAL(second.events, 2u);
  CAF_CHECK_GREATER(second.next, first.next);
  // A full page whose events stay is passed over as well.
  auto third = erase(100s, second.next, 2);
  CAF_CHECK_EQUAL(third.events, 1u);
  CAF_CHECK(exists(6));
  CAF_CHECK_GREATER(third.next, second.next);
  auto last = erase(100s, third.next, 2);
  CAF_CHECK_EQUAL(last.events, 0u);
  CAF_CHECK_EQUAL(last.next, 0);
}

CAF_TEST(a page goes on where the last one ended) {
  finish(1);
  finish(2);
  advance(100s);
  auto first = erase(100s, 0, 1);
  write(make(1)); // behind the others now
  CAF_CHECK_EQUAL(erase(100s, first.next).events, 1u);
  CAF_CHECK(exists(1) && !exists(2));
}

CAF_TEST(pages that keep everything still lead on) {
  write({make(1), make(2), make(3)});
  CAF_CHECK(settle(claim(mail).claimed.at(2).lease, verdict::done));
  advance(100s);
  auto first = erase(100s, 0, 2);
  CAF_CHECK_EQUAL(first.events, 0u);
  CAF_CHECK_GREATER(first.next, 0);
  CAF_CHECK_EQUAL(erase(100s, first.next, 2).events, 1u);
}

CAF_TEST(the pages end at the first young event) {
  finish(1);
  advance(100s);
  write({make(2), make(3), make(4)});
  auto result = erase(100s, 0, 2);
  CAF_CHECK_EQUAL(result.events, 1u);
  CAF_CHECK_EQUAL(result.next, 0);
}

CAF_TEST(large payloads make a page shorter) {
  for (uint32_t n = 1; n <= 5; ++n) {
    auto x = make(n);
    // Of a kind that a database cannot make smaller.
    x.payload = noise(n == 4 ? 2500 : 1000);
    write(x);
    CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  }
  advance(100s);
  auto erase_bytes = [this](uint64_t max_bytes, event_seq after) {
    return get(db->erase({after, 100, 100s, false, max_bytes}));
  };
  auto first = erase_bytes(1001, 0);
  CAF_CHECK_EQUAL(first.events, 2u); // with the one that is over it
  CAF_CHECK_GREATER(first.next, 0);
  CAF_CHECK(!exists(2) && exists(3));
  auto second = erase_bytes(1000, first.next);
  CAF_CHECK_EQUAL(second.events, 1u);
  // At least one event, however large, and however little is allowed.
  auto third = erase_bytes(0, second.next);
  CAF_CHECK_EQUAL(third.events, 1u);
  CAF_CHECK(!exists(4) && exists(5));
  auto last = erase_bytes(1001, third.next);
  CAF_CHECK_EQUAL(last.events, 1u);
  CAF_CHECK_EQUAL(last.next, 0);
}

CAF_TEST(large payloads that stay lead on as well) {
  for (uint32_t n = 1; n <= 3; ++n) {
    auto x = make(n);
    x.payload = noise(1000);
    write(x);
  }
  CAF_CHECK(settle(claim(mail).claimed.at(2).lease, verdict::done));
  advance(100s);
  auto first = get(db->erase({0, 100, 100s, false, 2000}));
  CAF_CHECK_EQUAL(first.events, 0u);
  CAF_CHECK_GREATER(first.next, 0);
  CAF_CHECK_EQUAL(get(db->erase({first.next, 100, 100s, false, 2000})).events,
                  1u);
}

CAF_TEST(an empty store has nothing to erase) {
  auto result = erase(0s);
  CAF_CHECK_EQUAL(result.events, 0u);
  CAF_CHECK_EQUAL(result.deliveries, 0u);
  CAF_CHECK_EQUAL(result.next, 0);
}

CAF_TEST(an event stays while another handler of it is at work) {
  auto note = add("note");
  write({make(1), make(2)});
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  auto other = claim_one(note).lease;
  CAF_CHECK_EQUAL(erase(0s).events, 0u);
  CAF_CHECK(settle(other, verdict::done));
  CAF_CHECK_EQUAL(erase(0s).events, 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
