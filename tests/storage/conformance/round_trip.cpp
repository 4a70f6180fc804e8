#include "harness.hpp"

// What is written comes back the same, from a claim and from a look-up.

namespace {

class round_trip_fixture : public fixture {
public:
  void check(const event& x) {
    auto route = add("mail", x.type);
    write(x);
    auto claimed = claim_one(route);
    CAF_CHECK(claimed.event == x);
    auto found = get(db->find({x.id}));
    CAF_REQUIRE(found.event);
    CAF_CHECK(*found.event == x);
    CAF_CHECK(settle(claimed.lease, verdict::done));
    check_among_others(route, x);
  }

private:
  /// A store may read what was written together in another way.
  void check_among_others(route_id route, event x) {
    std::vector<event> events;
    for (auto i = 0; i < 5; ++i)
      events.push_back(make(next_++, x.type));
    x.id = nth(next_++);
    events.insert(events.begin() + 2, x);
    write(events);
    auto claimed = claim(route).claimed;
    CAF_REQUIRE_EQUAL(claimed.size(), events.size());
    for (size_t i = 0; i < events.size(); ++i) {
      CAF_CHECK(claimed[i].event == events[i]);
      CAF_CHECK(settle(claimed[i].lease, verdict::done));
    }
  }

  uint32_t next_ = 10000;
};

constexpr const char* texts[] = {
  "plain",
  " ",
  "'; drop table inbox_event; --",
  "\"quoted\" and `that` and 'this' \\ \\' %s %n $1 ? :x @y",
  "line\nbreak\ttab\r\x01\x7f",
  "\xF0\x9F\x93\xAC \xC3\xA4\xC3\xB6 \xE2\x82\xAC \xF4\x8F\xBF\xBF",
  "{\"json\": [1, null]}",
  "null",
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(round_trip_tests, round_trip_fixture)

CAF_TEST(an event with nothing but id and type comes back) {
  event x;
  x.id = nth(1);
  x.type = "t";
  check(x);
}

CAF_TEST(causes come back) {
  auto x = make(1);
  x.cause = nth(2);
  check(x);
  for (auto& byte : *x.cause)
    byte = 0xFF;
  x.id = nth(3);
  check(x);
}

CAF_TEST(of many events each has its own cause) {
  auto route = add("mail");
  std::vector<event> events{make(1), make(2), make(3), make(4), make(5)};
  events[1].cause = nth(1);
  events[3].cause = nth(99); // which is nowhere
  write(events);
  write({make(6), make(7)});
  auto claimed = claim(route).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 7u);
  for (size_t i = 0; i < events.size(); ++i)
    CAF_CHECK(claimed[i].event == events[i]);
  CAF_CHECK(!claimed[5].event.cause && !claimed[6].event.cause);
}

CAF_TEST(the first write decides on the cause) {
  auto x = make(1);
  x.cause = nth(2);
  write(x);
  auto y = x;
  y.cause = nth(3);
  CAF_CHECK_EQUAL(write(y).result, write_result::duplicate);
  CAF_CHECK(find(1).event == x);
}

CAF_TEST(all dates come back) {
  // Year 1, just before and at the epoch, and the last moment of year 9999.
  uint32_t n = 0;
  for (auto micros :
       {int64_t{-62135596800000000}, int64_t{-1}, int64_t{0}, int64_t{1},
        int64_t{1700000000123456}, int64_t{253402300799999999}}) {
    auto x = make(++n);
    x.date = timestamp{std::chrono::microseconds{micros}};
    check(x);
  }
}

CAF_TEST(all payloads come back) {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(i);
  auto big = bytes;
  while (big.size() < 1024 * 1024)
    big += big;
  uint32_t n = 0;
  for (auto& content :
       {std::string{}, std::string(1, '\0'), std::string(3, '\0') + "x", bytes,
        bytes + bytes, std::string{"\\x00"}, std::string{"\\\\"}, big}) {
    auto x = make(++n);
    x.payload = payload{content};
    check(x);
  }
}

CAF_TEST(all texts come back) {
  uint32_t n = 0;
  for (std::string text : texts) {
    auto x = make(++n, text);
    x.ordering_key = text;
    x.headers = {{text, text}, {"empty", ""}, {"x" + text, "y" + text}};
    check(x);
  }
}

CAF_TEST(names of the greatest length come back) {
  auto x = make(1, std::string(max_name_bytes, 't'));
  x.ordering_key = std::string(max_name_bytes, 'o');
  x.headers[std::string(max_name_bytes, 'h')]
    = std::string(max_headers_bytes - max_name_bytes, 'v');
  check(x);
}

CAF_TEST(all handler keys and messages come back) {
  uint32_t n = 0;
  for (std::string text : texts) {
    auto route = add(text, text);
    write(make(++n, text));
    CAF_CHECK(settle(claim_one(route).lease, verdict::failed, 1h, text));
    CAF_CHECK_EQUAL(info(n).handler_key, text);
    CAF_CHECK_EQUAL(info(n).message, text);
  }
  auto longest = std::string(max_message_bytes, 'm');
  auto route = add("long");
  write(make(++n));
  CAF_CHECK(settle(claim_one(route).lease, verdict::dead, 0s, longest));
  CAF_CHECK_EQUAL(info(n).message, longest);
}

CAF_TEST(events come back that have others between them) {
  auto mail = add("mail", "order");
  auto bill = add("bill", "order");
  auto ship = add("ship", "parcel");
  std::vector<event> orders;
  std::vector<event> parcels;
  std::vector<event> all;
  for (uint32_t n = 0; n < 40; ++n) {
    auto& kind = n % 2 == 0 ? orders : parcels;
    kind.push_back(make(n, n % 2 == 0 ? "order" : "parcel"));
    all.push_back(kind.back());
  }
  write(all);
  auto check = [](const claimed_deliveries& from, route_id of,
                  const std::vector<event>& wanted) {
    std::vector<event> found;
    for (auto& x : from.claimed)
      if (x.lease.route == of)
        found.push_back(x.event);
    CAF_CHECK(found == wanted);
  };
  check(claim(ship), ship, parcels);
  auto both = claim({{mail, 100}, {bill, 100}}, 100);
  check(both, mail, orders);
  check(both, bill, orders);
}

CAF_TEST(an ordering key that is absent is not an empty one) {
  auto route = add("mail");
  write({make(1), make(2)});
  CAF_CHECK_EQUAL(numbers(claim(route)), (ints{1, 2}));
  CAF_CHECK(!find(1).event->ordering_key);
}

CAF_TEST(names that differ in case or trailing space are different) {
  auto a = add("mail", "order");
  auto b = add("Mail", "order");
  auto c = add("mail ", "order");
  auto d = add("mail", "Order");
  CAF_CHECK(a != b && a != c && a != d && b != c);
  CAF_CHECK_EQUAL(results({write(make(1, "Order"))}), "stored:1");
}

CAF_TEST_FIXTURE_SCOPE_END()
