#include "harness.hpp"

CAF_TEST_FIXTURE_SCOPE(query_tests, fixture)

CAF_TEST(an unknown event gives an empty record) {
  auto found = find(1);
  CAF_CHECK(!found.event);
  CAF_CHECK(found.deliveries.empty());
}

CAF_TEST(a record tells when the event was written) {
  advance(10s);
  check_time([&] { write(make(1)); }, [&] { return find(1).written; });
}

CAF_TEST(deliveries come by handler key in the order of bytes) {
  for (auto key : {"b", "a", "\xC3\xA4", "B", "a b", "aa", "10", "9", "_"})
    add(key);
  write(make(1));
  std::vector<std::string> keys;
  for (auto& x : find(1).deliveries)
    keys.push_back(x.handler_key);
  CAF_CHECK_EQUAL(keys.size(), 9u);
  CAF_CHECK(std::is_sorted(keys.begin(), keys.end()));
}

CAF_TEST(a summary of nothing is empty) {
  CAF_CHECK(summarize().routes.empty());
  CAF_CHECK(summarize().unrouted.empty());
}

CAF_TEST(a summary counts the deliveries of each route by status) {
  auto mail = add("mail");
  add("idle");
  auto note = add("note", "invoice");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 15; ++n)
    events.push_back(make(n));
  events.push_back(make(16, "invoice"));
  write(events);
  auto claimed = claim(mail, 11).claimed;
  advance(1s);
  settle_deliveries request;
  request.settlements = {{claimed.at(0).lease, verdict::failed, 0s, "x"},
                         {claimed.at(1).lease, verdict::done, 0s, ""},
                         {claimed.at(2).lease, verdict::done, 0s, ""},
                         {claimed.at(3).lease, verdict::dead, 0s, "x"},
                         {claimed.at(4).lease, verdict::dead, 0s, "x"},
                         {claimed.at(5).lease, verdict::dead, 0s, "x"},
                         {claimed.at(6).lease, verdict::released, 0s, ""},
                         {claimed.at(7).lease, verdict::failed, 99s, "x"}};
  CAF_CHECK(get(db->settle(request)).lost.empty());
  // Those not claimed yet, the one given back, and the one that failed first.
  advance(1s);
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{7, 12, 13, 14, 15, 1}));
  write({make(17), make(18)});
  auto summary = summarize();
  CAF_REQUIRE_EQUAL(summary.routes.size(), 3u);
  auto& invoice = summary.routes[0];
  CAF_CHECK_EQUAL(invoice.event_type, "invoice");
  CAF_CHECK_EQUAL(invoice.handler_key, "note");
  CAF_CHECK_EQUAL(invoice.pending, 1u);
  auto& idle = summary.routes[1];
  CAF_CHECK_EQUAL(idle.handler_key, "idle");
  CAF_CHECK_EQUAL(idle.pending, 17u);
  auto& full = summary.routes[2];
  CAF_CHECK_EQUAL(full.event_type, "order");
  CAF_CHECK_EQUAL(full.handler_key, "mail");
  CAF_CHECK_EQUAL(full.pending, 2u);
  CAF_CHECK_EQUAL(full.in_progress, 9u);
  CAF_CHECK_EQUAL(full.failed, 1u);
  CAF_CHECK_EQUAL(full.done, 2u);
  CAF_CHECK_EQUAL(full.dead, 3u);
  CAF_CHECK(!full.handled_here);
  CAF_CHECK_EQUAL(numbers(claim(note)), ints{16});
}

CAF_TEST(a summary has all active routes and others with deliveries) {
  add("empty");
  auto gone = add("gone");
  auto left = add("left");
  write(make(1));
  CAF_CHECK_EQUAL(erase(0s, 0, 10, true).events, 1u);
  remove(gone);
  write(make(2));
  remove(left);
  auto routes = summarize().routes;
  CAF_REQUIRE_EQUAL(routes.size(), 2u);
  CAF_CHECK_EQUAL(routes[0].handler_key, "empty");
  CAF_CHECK_EQUAL(routes[1].handler_key, "left");
  CAF_CHECK_EQUAL(routes[1].pending, 1u);
}

CAF_TEST(a summary counts unrouted events by type) {
  write({make(1, "b"), make(2, "a"), make(3, "b"), make(4, "\xC3\xA4"),
         make(5, "B")});
  std::string all;
  for (auto& x : summarize().unrouted)
    all += x.event_type + "=" + std::to_string(x.events) + " ";
  CAF_CHECK_EQUAL(all, "B=1 a=1 b=2 \xC3\xA4=1 ");
  CAF_CHECK(summarize().routes.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
