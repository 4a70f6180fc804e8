#include "harness.hpp"

CAF_TEST_FIXTURE_SCOPE(route_tests, fixture)

CAF_TEST(a route is known by event type and handler key) {
  auto mail = add("mail");
  CAF_CHECK_EQUAL(add("mail"), mail);
  CAF_CHECK_NOT_EQUAL(add("audit"), mail);
  CAF_CHECK_NOT_EQUAL(add("mail", "invoice"), mail);
  CAF_CHECK_EQUAL(place.open()->add({"order", "mail"})->route, mail);
}

CAF_TEST(a removed route gets no further events) {
  auto mail = add("mail");
  write(make(1));
  remove(mail);
  CAF_CHECK_EQUAL(results({write(make(2))}), "unrouted:0");
  // What it has stays, and is claimed as before.
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(writing an event again after its route was removed adds nothing) {
  auto mail = add("mail");
  write(make(1));
  remove(mail);
  CAF_CHECK_EQUAL(results({write(make(1))}), "duplicate:0");
}

CAF_TEST(adding a removed route revives it under the same id) {
  auto mail = add("mail");
  remove(mail);
  remove(mail);
  CAF_CHECK_EQUAL(add("mail"), mail);
  CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1");
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(removing an unknown route touches no other one) {
  auto mail = add("mail");
  CAF_CHECK(db->remove({"order", "none"}));
  CAF_CHECK(db->remove({"none", "mail"}));
  CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1");
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(adding a route does not touch events) {
  write(make(1));
  auto mail = add("mail");
  CAF_CHECK(find(1).deliveries.empty());
  CAF_CHECK(claim(mail).claimed.empty());
  CAF_CHECK_EQUAL(summarize().unrouted.size(), 1u);
}

CAF_TEST(routing gives kept events one delivery per active route) {
  write({make(1), make(2, "invoice")});
  auto mail = add("mail");
  auto gone = add("gone");
  add("audit");
  add("note", "invoice");
  remove(gone);
  advance(10s);
  check_time([&] { CAF_CHECK_EQUAL(route({mail}), 1u); },
             [&] { return find(1).deliveries.at(0).due; });
  auto deliveries = find(1).deliveries;
  CAF_REQUIRE_EQUAL(deliveries.size(), 2u);
  CAF_CHECK_EQUAL(deliveries[0].handler_key, "audit");
  CAF_CHECK_EQUAL(deliveries[1].handler_key, "mail");
  CAF_CHECK_EQUAL(deliveries[0].status, status::pending);
  // Events of other types wait on.
  CAF_CHECK(find(2).deliveries.empty());
  auto unrouted = summarize().unrouted;
  CAF_REQUIRE_EQUAL(unrouted.size(), 1u);
  CAF_CHECK_EQUAL(unrouted[0].event_type, "invoice");
  CAF_CHECK_EQUAL(route({mail}), 0u);
  CAF_CHECK_EQUAL(results({write(make(1))}), "duplicate:0");
}

CAF_TEST(routing begins with the oldest events of all named types) {
  write({make(1), make(2, "invoice"), make(3), make(4, "invoice"), make(5)});
  auto mail = add("mail");
  auto note = add("note", "invoice");
  CAF_CHECK_EQUAL(route({note, mail}, 3), 3u);
  for (auto n : {1u, 2u, 3u})
    CAF_CHECK_EQUAL(find(n).deliveries.size(), 1u);
  for (auto n : {4u, 5u})
    CAF_CHECK(find(n).deliveries.empty());
  CAF_CHECK_EQUAL(route({note, mail}, 3), 2u);
  CAF_CHECK_EQUAL(route({note, mail}, 3), 0u);
}

CAF_TEST(routing keeps the ordering key) {
  write({make_ordered(1, "a"), make_ordered(2, "a")});
  auto mail = add("mail");
  CAF_CHECK_EQUAL(route({mail, mail}), 2u);
  CAF_CHECK_EQUAL(numbers(claim(mail)), ints{1});
}

CAF_TEST(events of a type without an active route stay unrouted) {
  write({make(1), make(2), make(3, "invoice")});
  auto mail = add("mail");
  auto note = add("note", "invoice");
  remove(mail);
  // And do not use up the limit.
  CAF_CHECK_EQUAL(route({mail, note}, 1), 1u);
  CAF_CHECK(find(1).deliveries.empty());
  CAF_CHECK_EQUAL(find(3).deliveries.size(), 1u);
  // A removed route names its type, but gets nothing.
  auto audit = add("audit");
  CAF_CHECK_EQUAL(route({mail}), 2u);
  CAF_CHECK_EQUAL(info(1).handler_key, "audit");
  CAF_CHECK_EQUAL(numbers(claim(audit)), (ints{1, 2}));
}

CAF_TEST(routing without routes or room does nothing) {
  write(make(1));
  auto mail = add("mail");
  CAF_CHECK_EQUAL(route({}), 0u);
  CAF_CHECK_EQUAL(route({mail + 1000}), 0u);
  CAF_CHECK_EQUAL(route({mail}, 0), 0u);
  CAF_CHECK_EQUAL(summarize().unrouted.size(), 1u);
}

CAF_TEST(a claim that looks first tells whether there is something to route) {
  auto note = add("note", "invoice");
  write(make(1));
  auto mail = add("mail");
  auto may_route = [&](std::vector<route_demand> demand, bool look_first) {
    claim_deliveries request{owner, std::move(demand), 9, lease_duration,
                             max_attempts};
    request.look_first = look_first;
    return get(db->claim(request)).may_route;
  };
  CAF_CHECK(may_route({{mail, 1}}, true));
  CAF_CHECK(may_route({{note, 1}, {mail, 1}}, true));
  CAF_CHECK(!may_route({{note, 1}}, true));
  CAF_CHECK(!may_route({{mail, 1}}, false));
  // Also where it finds deliveries.
  write(make(2, "invoice"));
  CAF_CHECK(may_route({{note, 1}, {mail, 1}}, true));
  CAF_CHECK_EQUAL(route({mail}), 1u);
  CAF_CHECK(!may_route({{note, 1}, {mail, 1}}, true));
}

CAF_TEST(routing leaves events alone that have a delivery) {
  auto mail = add("mail");
  write(make(1));
  auto audit = add("audit");
  CAF_CHECK_EQUAL(route({mail, audit}), 0u);
  CAF_CHECK_EQUAL(find(1).deliveries.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
