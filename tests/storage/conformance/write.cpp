#include "harness.hpp"

#include <thread>

CAF_TEST_FIXTURE_SCOPE(write_tests, fixture)

CAF_TEST(a new event gets one delivery per route of its type) {
  add("mail");
  add("audit");
  add("other", "invoice");
  receipt result;
  check_time([&] { result = write(make(1)); },
             [&] { return find(1).deliveries.at(0).due; });
  CAF_CHECK_EQUAL(result, (receipt{nth(1), write_result::stored, 2}));
  auto found = find(1);
  CAF_REQUIRE_EQUAL(found.deliveries.size(), 2u);
  CAF_CHECK_EQUAL(found.deliveries[0].handler_key, "audit");
  CAF_CHECK_EQUAL(found.deliveries[1].handler_key, "mail");
  for (auto& x : found.deliveries) {
    CAF_CHECK_EQUAL(x.status, status::pending);
    CAF_CHECK_EQUAL(x.attempts, 0u);
    CAF_CHECK_EQUAL(x.lease_token, 0);
    CAF_CHECK_EQUAL(micros_of(x.due), micros_of(found.written));
    CAF_CHECK(!x.lease_owner && !x.lease_until && !x.finished);
    CAF_CHECK_EQUAL(x.message, "");
  }
}

CAF_TEST(nothing written gives no receipts) {
  CAF_CHECK_EQUAL(write(std::vector<event>{}).size(), 0u);
}

CAF_TEST(receipts come in the order of the events) {
  add("mail");
  add("audit");
  add("one", "invoice");
  write(make(2));
  auto receipts = write({make(1), make(2), make(3, "nobody"), make(1),
                         make(4, "invoice"), make(3, "nobody")});
  CAF_CHECK_EQUAL(results(receipts), "stored:2 duplicate:0 unrouted:0 "
                                     "duplicate:0 stored:1 duplicate:0");
  std::vector<uuid> ids;
  for (auto& x : receipts)
    ids.push_back(x.id);
  CAF_CHECK_EQUAL(ids, (std::vector{nth(1), nth(2), nth(3), nth(1), nth(4),
                                    nth(3)}));
}

CAF_TEST(many events of many types get receipts of their own) {
  constexpr uint32_t types = 40;
  constexpr uint32_t count = 400;
  for (uint32_t type = 0; type < types; ++type)
    for (uint32_t key = 0; key < type % 4; ++key)
      add("key" + std::to_string(key), "type" + std::to_string(type));
  auto event_of = [](uint32_t n) {
    auto result = make(n, "type" + std::to_string(n * 7 % types));
    if (n % 3 == 0)
      result.ordering_key = "a";
    return result;
  };
  auto fan_of = [](uint32_t n) { return n * 7 % types % 4; };
  // Neither by id nor by type; then with some that are there already.
  std::vector<event> events;
  for (uint32_t i = 0; i < count; ++i)
    events.push_back(event_of(i * 37 % count + 1));
  for (auto stored_before : {false, true}) {
    auto receipts = write(events);
    CAF_REQUIRE_EQUAL(receipts.size(), events.size());
    for (size_t i = 0; i < receipts.size(); ++i) {
      auto n = static_cast<uint32_t>(number_of(events[i].id));
      auto expected = receipt{nth(n), write_result::stored, fan_of(n)};
      if (stored_before && n <= count)
        expected = {nth(n), write_result::duplicate, 0};
      else if (fan_of(n) == 0)
        expected.result = write_result::unrouted;
      CAF_CHECK_EQUAL(receipts[i], expected);
    }
    for (uint32_t i = 1; i <= count; i += 9)
      events.push_back(event_of(count + i));
  }
  for (uint32_t n : {1u, 7u, 30u, 33u, count, count + 1, count + 10}) {
    auto found = find(n);
    CAF_REQUIRE(found.event);
    CAF_CHECK(*found.event == event_of(n));
    CAF_CHECK_EQUAL(found.deliveries.size(), size_t{fan_of(n)});
  }
}

CAF_TEST(writing an id again changes nothing) {
  auto mail = add("mail");
  auto first = make(1);
  write(first);
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  auto other = make(1, "invoice");
  other.payload = "other";
  other.headers["x"] = "y";
  add("late", "invoice");
  CAF_CHECK_EQUAL(write(other), (receipt{nth(1), write_result::duplicate, 0}));
  CAF_CHECK(find(1).event == first);
  CAF_CHECK_EQUAL(info(1).status, status::done);
}

CAF_TEST(within one call the first occurrence of an id counts) {
  add("mail");
  add("note", "invoice");
  add("copy", "invoice");
  auto receipts = write({make(1), make(1, "invoice")});
  CAF_CHECK_EQUAL(results(receipts), "stored:1 duplicate:0");
  CAF_CHECK(find(1).event == make(1));
  CAF_CHECK_EQUAL(info(1).handler_key, "mail");
}

CAF_TEST(writing an id again adds the deliveries that are missing) {
  auto mail = add("mail");
  write(make(1));
  CAF_CHECK(settle(claim_one(mail).lease, verdict::done));
  add("audit");
  advance(10s);
  check_time([&] { CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1"); },
             [&] { return find(1).deliveries.at(0).due; });
  auto deliveries = find(1).deliveries;
  CAF_REQUIRE_EQUAL(deliveries.size(), 2u);
  CAF_CHECK_EQUAL(deliveries[0].status, status::pending);
  CAF_CHECK_EQUAL(deliveries[1].status, status::done);
  CAF_CHECK_EQUAL(results({write(make(1))}), "duplicate:0");
}

CAF_TEST(missing deliveries are those of the type that was stored) {
  add("mail");
  write(make(1));
  add("audit");
  add("note", "invoice");
  CAF_CHECK_EQUAL(results({write(make(1, "invoice"))}), "stored:1");
  auto deliveries = find(1).deliveries;
  CAF_REQUIRE_EQUAL(deliveries.size(), 2u);
  CAF_CHECK_EQUAL(deliveries[0].handler_key, "audit");
  CAF_CHECK_EQUAL(deliveries[1].handler_key, "mail");
}

CAF_TEST(an event without a route is kept) {
  CAF_CHECK_EQUAL(write(make(1)), (receipt{nth(1), write_result::unrouted, 0}));
  auto found = find(1);
  CAF_CHECK(found.event == make(1));
  CAF_CHECK(found.deliveries.empty());
  CAF_CHECK_EQUAL(results({write(make(1))}), "duplicate:0");
  auto unrouted = summarize().unrouted;
  CAF_REQUIRE_EQUAL(unrouted.size(), 1u);
  CAF_CHECK_EQUAL(unrouted[0].event_type, "order");
  CAF_CHECK_EQUAL(unrouted[0].events, 1u);
}

CAF_TEST(writing a kept event again routes it) {
  write(make(1));
  auto mail = add("mail");
  CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1");
  CAF_CHECK(summarize().unrouted.empty());
  CAF_CHECK_EQUAL(route({mail}), 0u);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(an inactive route gets no delivery) {
  auto mail = add("mail");
  add("audit");
  remove(mail);
  CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1");
  CAF_CHECK_EQUAL(info(1).handler_key, "audit");
}

CAF_TEST(many events fit into one call) {
  auto mail = add("mail");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 1500; ++n)
    events.push_back(make(n));
  auto receipts = write(events);
  CAF_CHECK(std::all_of(receipts.begin(), receipts.end(), [](auto& x) {
    return x.result == write_result::stored && x.handlers == 1;
  }));
  auto claimed = numbers(claim(mail, 2000));
  CAF_CHECK_EQUAL(claimed.size(), 1500u);
  CAF_CHECK(std::is_sorted(claimed.begin(), claimed.end()));
}

CAF_TEST(two connections that write the same events store each once) {
  add("mail");
  constexpr uint32_t count = 400;
  std::vector<event> events;
  for (uint32_t n = 1; n <= count; ++n)
    events.push_back(make(n));
  auto reversed = std::vector(events.rbegin(), events.rend());
  auto write_all = [](store& target, const std::vector<event>& xs) {
    size_t stored = 0;
    for (size_t i = 0; i < xs.size(); i += 50) {
      auto begin = xs.begin() + static_cast<ptrdiff_t>(i);
      auto written = target.write({begin, begin + 50});
      if (!written)
        return size_t{0};
      for (auto& x : written->receipts)
        stored += x.result == write_result::stored ? 1 : 0;
    }
    return stored;
  };
  auto other = place.open();
  size_t stored_there = 0;
  std::thread worker{[&] { stored_there = write_all(*other, reversed); }};
  auto stored_here = write_all(*db, events);
  worker.join();
  CAF_CHECK_EQUAL(stored_here + stored_there, count);
  CAF_CHECK_EQUAL(summarize().routes.at(0).pending, count);
}

CAF_TEST_FIXTURE_SCOPE_END()
