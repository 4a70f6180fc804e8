#include "harness.hpp"

#include <optional>

// Which event came of which.

namespace {

class follow_fixture : public fixture {
public:
  trace follow(uint32_t n, uint32_t limit = 100) {
    return get(db->follow({nth(n), limit}));
  }

  /// Writes events with the cause of each, 0 for none, in one call.
  void write_chain(std::vector<std::pair<uint32_t, uint32_t>> events,
                   const std::string& type = "order") {
    std::vector<event> all;
    for (auto [n, cause] : events) {
      all.push_back(make(n, type));
      if (cause != 0)
        all.back().cause = nth(cause);
    }
    write(all);
  }

  static ints numbers_of(const std::vector<traced_event>& xs) {
    ints result;
    for (auto& x : xs)
      result.push_back(number_of(x.id));
    return result;
  }

  /// Returns "ancestors|event|descendants", with a "+" if that is not all.
  static std::string shape(const trace& x) {
    std::string result;
    auto add = [&result](auto& xs) {
      for (auto n : numbers_of(xs))
        result += " " + std::to_string(n);
    };
    add(x.ancestors);
    result += " |";
    if (x.event)
      result += " " + std::to_string(number_of(x.event->id));
    result += " |";
    add(x.descendants);
    return result + (x.complete ? "" : " +");
  }

  std::string shape(uint32_t n, uint32_t limit = 100) {
    return shape(follow(n, limit));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(follow_tests, follow_fixture)

CAF_TEST(a chain is read from each of its events) {
  write_chain({{1, 0}, {2, 1}, {3, 2}, {4, 3}, {9, 0}});
  CAF_CHECK_EQUAL(shape(1), " | 1 | 2 3 4");
  CAF_CHECK_EQUAL(shape(2), " 1 | 2 | 3 4");
  CAF_CHECK_EQUAL(shape(3), " 1 2 | 3 | 4");
  CAF_CHECK_EQUAL(shape(4), " 1 2 3 | 4 |");
  CAF_CHECK_EQUAL(shape(9), " | 9 |");
}

CAF_TEST(what an event led to comes breadth first) {
  // By the order of writing 7 comes before 4, by that of the causes behind it.
  write_chain({{1, 0}, {3, 1}, {2, 1}, {7, 2}, {4, 3}, {5, 3}, {6, 4}});
  CAF_CHECK_EQUAL(shape(1), " | 1 | 3 2 4 5 7 6");
  CAF_CHECK_EQUAL(shape(3), " 1 | 3 | 4 5 6");
}

CAF_TEST(an effect may be written before its cause) {
  write_chain({{3, 2}, {2, 1}});
  CAF_CHECK_EQUAL(shape(3), " 2 | 3 |");
  write_chain({{1, 0}});
  CAF_CHECK_EQUAL(shape(3), " 1 2 | 3 |");
}

CAF_TEST(an unknown event has no trace) {
  CAF_CHECK_EQUAL(shape(1), " | |");
  write_chain({{1, 0}});
  CAF_CHECK_EQUAL(shape(2), " | |");
}

CAF_TEST(a trace tells what each event is and how it stands) {
  auto mail = add("mail");
  add("audit");
  auto bill = add("bill", "invoice");
  check_time(
    [&] {
      write_chain({{1, 0}});
    },
    [&] { return follow(1).event->written; });
  write_chain({{2, 1}, {3, 1}}, "invoice");
  write_chain({{4, 1}}, "nobody");
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  CAF_CHECK(settle(claim_one(bill).lease, verdict::dead, 0s, "no"));
  CAF_CHECK(settle(claim_one(bill).lease, verdict::failed, 1h, "no"));
  auto counts = [](const traced_event& x) {
    return ints{static_cast<int>(x.pending), static_cast<int>(x.in_progress),
                static_cast<int>(x.failed), static_cast<int>(x.done),
                static_cast<int>(x.dead)};
  };
  auto found = follow(1);
  CAF_REQUIRE(found.event);
  CAF_CHECK(found.event->id == nth(1));
  CAF_CHECK_EQUAL(found.event->type, "order");
  CAF_CHECK(!found.event->cause);
  CAF_CHECK_EQUAL(counts(*found.event), (ints{1, 0, 0, 1, 0}));
  CAF_CHECK(found.event->written == find(1).written);
  CAF_REQUIRE_EQUAL(found.descendants.size(), 3u);
  for (auto& x : found.descendants)
    CAF_CHECK(x.cause == nth(1));
  CAF_CHECK_EQUAL(found.descendants[0].type, "invoice");
  CAF_CHECK_EQUAL(counts(found.descendants[0]), (ints{0, 0, 0, 0, 1}));
  CAF_CHECK_EQUAL(counts(found.descendants[1]), (ints{0, 0, 1, 0, 0}));
  CAF_CHECK_EQUAL(found.descendants[2].type, "nobody");
  CAF_CHECK_EQUAL(counts(found.descendants[2]), (ints{0, 0, 0, 0, 0}));
  advance(1h);
  CAF_CHECK_EQUAL(claim(bill).claimed.size(), 1u);
  auto other = follow(3);
  CAF_CHECK_EQUAL(counts(*other.event), (ints{0, 1, 0, 0, 0}));
  CAF_CHECK_EQUAL(counts(other.ancestors.at(0)), (ints{1, 0, 0, 1, 0}));
}

CAF_TEST(the limit keeps what is near) {
  write_chain({{1, 0}, {2, 1}, {3, 2}, {4, 3}, {5, 4}, {6, 5}, {7, 6}});
  CAF_CHECK_EQUAL(shape(4, 1), " 3 | 4 | 5 +");
  CAF_CHECK_EQUAL(shape(4, 2), " 2 3 | 4 | 5 6 +");
  CAF_CHECK_EQUAL(shape(4, 3), " 1 2 3 | 4 | 5 6 7");
  CAF_CHECK_EQUAL(shape(1, 6), " | 1 | 2 3 4 5 6 7");
  CAF_CHECK_EQUAL(shape(1, 5), " | 1 | 2 3 4 5 6 +");
  CAF_CHECK_EQUAL(shape(7, 5), " 2 3 4 5 6 | 7 | +");
  CAF_CHECK_EQUAL(follow(7, 5).ancestors.at(0).cause.value(), nth(1));
}

CAF_TEST(the limit cuts a wide trace at its last ones) {
  write_chain({{1, 0}, {2, 1}, {3, 1}, {4, 1}});
  write_chain({{5, 3}, {6, 2}, {7, 2}, {8, 4}, {9, 6}});
  CAF_CHECK_EQUAL(shape(1, 2), " | 1 | 2 3 +");
  CAF_CHECK_EQUAL(shape(1, 3), " | 1 | 2 3 4 +");
  CAF_CHECK_EQUAL(shape(1, 5), " | 1 | 2 3 4 6 7 +");
  CAF_CHECK_EQUAL(shape(1, 7), " | 1 | 2 3 4 6 7 5 8 +");
  CAF_CHECK_EQUAL(shape(1, 8), " | 1 | 2 3 4 6 7 5 8 9");
}

CAF_TEST(a circle of causes ends where it would begin again) {
  write_chain({{1, 3}, {2, 1}, {3, 2}, {4, 2}, {5, 4}});
  CAF_CHECK_EQUAL(shape(1), " 2 3 | 1 | 2 3 4 5");
  CAF_CHECK_EQUAL(shape(2), " 3 1 | 2 | 3 4 1 5");
  CAF_CHECK_EQUAL(shape(5), " 3 1 2 4 | 5 |");
  // Going round is nothing that the limit has cut.
  CAF_CHECK_EQUAL(shape(5, 4), " 3 1 2 4 | 5 |");
  CAF_CHECK_EQUAL(shape(5, 3), " 1 2 4 | 5 | +");
  CAF_CHECK_EQUAL(shape(1, 4), " 2 3 | 1 | 2 3 4 5");
  write_chain({{7, 8}, {8, 7}});
  CAF_CHECK_EQUAL(shape(7), " 8 | 7 | 8");
  CAF_CHECK_EQUAL(shape(7, 1), " 8 | 7 | 8");
}

CAF_TEST(a trace goes on beside what was erased) {
  auto mail = add("mail");
  write_chain({{1, 0}, {2, 1}});
  for (auto i = 0; i < 2; ++i)
    CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  advance(1h);
  write_chain({{3, 2}, {4, 3}});
  CAF_CHECK_EQUAL(erase(30min).events, 2u);
  auto found = follow(4);
  CAF_CHECK_EQUAL(shape(found), " 3 | 4 |");
  CAF_CHECK(found.ancestors.at(0).cause == nth(2));
  // Who knows the id of what was erased learns what it led to.
  CAF_CHECK_EQUAL(shape(2), " | | 3 4");
  CAF_CHECK_EQUAL(shape(1), " | |");
}

CAF_TEST(a long chain) {
  constexpr uint32_t length = 3000;
  std::vector<std::pair<uint32_t, uint32_t>> events;
  for (uint32_t n = 1; n <= length; ++n)
    events.emplace_back(n, n - 1);
  write_chain(events);
  auto found = follow(length, max_trace_limit);
  CAF_CHECK_EQUAL(found.ancestors.size(), length - 1);
  CAF_CHECK(found.complete);
  CAF_CHECK(found.ancestors.at(0).id == nth(1));
  found = follow(1, max_trace_limit);
  CAF_CHECK_EQUAL(found.descendants.size(), length - 1);
  CAF_CHECK(found.complete);
  CAF_CHECK(found.descendants.back().id == nth(length));
}

CAF_TEST_FIXTURE_SCOPE_END()
