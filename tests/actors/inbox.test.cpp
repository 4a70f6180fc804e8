#include "inbox_fixture.hpp"

#include <algorithm>

// The way of an event through all actors, and the questions that users ask.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(inbox_tests, inbox_fixture)

// -- from writing to the end --------------------------------------------------

CAF_TEST(an event is processed once per handler key) {
  std::vector<std::string> calls;
  for (auto* key : {"mail", "print"})
    CAF_CHECK(!handlers.on("order", key, [&calls](const delivery& x) {
      calls.push_back(x.handler_key() + " " + std::string{x.payload()});
    }));
  run();
  auto stored = write(1);
  CAF_CHECK_EQUAL(stored.result, write_result::stored);
  CAF_CHECK_EQUAL(stored.handlers, 2u);
  CAF_CHECK_EQUAL(status_of(1, "mail"), status::done);
  CAF_CHECK_EQUAL(status_of(1, "print"), status::done);
  CAF_CHECK_EQUAL(write(1).result, write_result::duplicate);
  advance(60s);
  std::sort(calls.begin(), calls.end());
  CAF_CHECK_EQUAL(calls, (std::vector<std::string>{"mail payload 1",
                                                   "print payload 1"}));
  CAF_CHECK_EQUAL(errors.count(), 0u);
}

CAF_TEST(a write is processed at once and not at the next iteration) {
  size_t calls = 0;
  CAF_CHECK(!handlers.on("order", "mail", [&](const delivery&) { ++calls; }));
  run();
  for (uint32_t n = 1; n <= 20; ++n)
    write(n);
  CAF_CHECK_EQUAL(calls, 20u); // no time has passed
}

CAF_TEST(a failure is tried again until the delivery is dead) {
  config.max_attempts = 3;
  config.backoff = {10s, 10s, 1};
  std::vector<caf::actor_clock::time_point> calls;
  size_t callbacks = 0;
  config.on_dead = [&callbacks](const delivery_died&) { ++callbacks; };
  CAF_CHECK(!handlers.on("order", "mail", [&](const delivery& x) {
    calls.push_back(now());
    CAF_CHECK_EQUAL(x.attempt(), calls.size());
    return failed("no paper");
  }));
  run();
  write(1);
  CAF_CHECK_EQUAL(status_of(1), status::failed);
  CAF_CHECK_EQUAL(info(1).attempts, 1u);
  CAF_CHECK_EQUAL(info(1).message, "no paper");
  advance(120s);
  CAF_CHECK_EQUAL(status_of(1), status::dead);
  CAF_CHECK_EQUAL(info(1).attempts, 3u);
  CAF_REQUIRE_EQUAL(calls.size(), 3u);
  for (size_t i = 1; i < calls.size(); ++i) {
    // Due after 10 s, found by the next iteration.
    CAF_CHECK(calls[i] - calls[i - 1] >= 10s);
    CAF_CHECK(calls[i] - calls[i - 1] <= 15s);
  }
  CAF_CHECK_EQUAL(callbacks, 1u);
  CAF_REQUIRE_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(deaths.last().event_id, nth_id(1));
  CAF_CHECK_EQUAL(deaths.last().handler_key, "mail");
  CAF_CHECK_EQUAL(deaths.last().attempts, 3u);
  CAF_CHECK_EQUAL(deaths.last().message, "no paper");
  auto counted = stats();
  CAF_CHECK_EQUAL(counted.failed, 2u);
  CAF_CHECK_EQUAL(counted.dead, 1u);
}

CAF_TEST(a handler without an answer has failed and its late answer is void) {
  handler_script mail;
  mail.hold();
  CAF_CHECK(!handlers.on_actor(
    "order", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(mail))));
  run();
  write(1);
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  advance(10s);
  CAF_CHECK_EQUAL(status_of(1), status::failed);
  mail.answer(done());
  settle_messages();
  CAF_CHECK_EQUAL(status_of(1), status::failed);
  mail.release();
  advance(60s);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(info(1).attempts, 2u);
}

CAF_TEST(a long attempt keeps its lease) {
  config.handler_timeout = 15s;
  config.lease_duration = 16s;
  handler_script mail;
  mail.hold();
  CAF_CHECK(!handlers.on_actor(
    "order", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(mail))));
  run();
  write(1);
  write(2); // waits for the first, and then takes as long
  auto token = info(2).lease_token;
  advance(14s);
  mail.answer(done());
  advance(14s);
  mail.answer(done());
  settle_messages();
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(status_of(2), status::done);
  CAF_CHECK_EQUAL(info(2).lease_token, token);
  CAF_CHECK_EQUAL(mail.count(), 2u);
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(an event without a handler is kept until there is one) {
  run();
  CAF_CHECK_EQUAL(write(1).result, write_result::unrouted);
  advance(60s);
  auto kept = *ask<store_summary>(inbox, get_summary{});
  CAF_REQUIRE_EQUAL(kept.unrouted.size(), 1u);
  CAF_CHECK_EQUAL(kept.unrouted[0].event_type, "order");
  CAF_CHECK_EQUAL(kept.unrouted[0].events, 1u);
  CAF_CHECK(add(play<handler_actor>(handler_script{})));
  advance(5s);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(work of keys without a handler here waits and costs nothing) {
  // Another inbox has made the route.
  CAF_CHECK(place.open()->add({"order", "elsewhere"}));
  run();
  CAF_CHECK_EQUAL(write(1).handlers, 1u);
  advance(600s);
  CAF_CHECK_EQUAL(faults.calls("claim"), 0u);
  CAF_CHECK_EQUAL(faults.calls("route"), 0u);
  CAF_CHECK(add(play<handler_actor>(handler_script{})));
  write(2);
  advance(60s);
  CAF_CHECK_EQUAL(status_of(2, "mail"), status::done);
  CAF_CHECK_EQUAL(status_of(1, "elsewhere"), status::pending);
  CAF_CHECK_EQUAL(status_of(2, "elsewhere"), status::pending);
  CAF_CHECK_EQUAL(info(2, "elsewhere").attempts, 0u);
}

// -- questions ----------------------------------------------------------------

CAF_TEST(stats are gathered from all actors) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  handler_script print;
  print.hold();
  run();
  CAF_CHECK(add(play<handler_actor>(print), "print"));
  write(1);
  write(1);
  write(2, "unknown");
  auto counted = stats();
  CAF_CHECK_EQUAL(counted.stored, 1u);
  CAF_CHECK_EQUAL(counted.duplicates, 1u);
  CAF_CHECK_EQUAL(counted.unrouted, 1u);
  CAF_CHECK_EQUAL(counted.claimed, 2u);
  CAF_CHECK_EQUAL(counted.done, 1u);
  CAF_CHECK_EQUAL(counted.errors, 0u);
  CAF_REQUIRE_EQUAL(counted.lanes.size(), 2u);
  CAF_CHECK_EQUAL(counted.lanes[0].handler_key, "mail");
  CAF_CHECK_EQUAL(counted.lanes[0].running, 0u);
  CAF_CHECK_EQUAL(counted.lanes[1].handler_key, "print");
  CAF_CHECK_EQUAL(counted.lanes[1].running, 1u);
}

CAF_TEST(the summary tells what is handled here) {
  CAF_CHECK(place.open()->add({"order", "elsewhere"}));
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  run();
  write(1);
  auto summary = *ask<store_summary>(inbox, get_summary{});
  CAF_REQUIRE_EQUAL(summary.routes.size(), 2u);
  for (auto& x : summary.routes) {
    auto here = x.handler_key == "mail";
    CAF_CHECK_EQUAL(x.handled_here, here);
    CAF_CHECK_EQUAL(x.done, here ? 1u : 0u);
    CAF_CHECK_EQUAL(x.pending, here ? 0u : 1u);
  }
}

CAF_TEST(an event is found with its deliveries) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  run();
  write(1);
  auto found = ask<event_record>(inbox, find_event{nth_id(1)});
  auto traced = ask<trace>(inbox, find_trace{nth_id(1)});
  CAF_REQUIRE(traced);
  CAF_CHECK(traced->event && traced->event->id == nth_id(1));
  auto refused = ask<trace>(inbox, find_trace{nth_id(1), 0});
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(field_of(refused.error()), "limit");
  CAF_REQUIRE(found && found->event);
  CAF_CHECK(*found->event == nth_event(1));
  CAF_REQUIRE_EQUAL(found->deliveries.size(), 1u);
  CAF_CHECK_EQUAL(found->deliveries[0].status, status::done);
  auto other = ask<event_record>(inbox, find_event{nth_id(2)});
  CAF_CHECK(other && !other->event);
}

CAF_TEST(old events are erased) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  config.retention_days = 2;
  run();
  write(1);
  advance(24h);
  CAF_CHECK(ask<event_record>(inbox, find_event{nth_id(1)})->event);
  advance(48h);
  CAF_CHECK(!ask<event_record>(inbox, find_event{nth_id(1)})->event);
  CAF_CHECK_EQUAL(stats().erased, 1u);
}

CAF_TEST(several connections share the roles) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  run(connection_use::per_role);
  // Who claims and who settles have one before there is anything to do, and
  // who writes has none.
  CAF_CHECK_EQUAL(faults.opened(), 2u);
  write(1);
  CAF_CHECK_EQUAL(faults.opened(), 3u);
  CAF_CHECK_EQUAL(faults.calls("add"), 2u); // also by whoever writes
  advance(10s);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(nobody connects early to a store that is not there) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  environment.store_is_there = false;
  run(connection_use::per_role);
  CAF_CHECK_LESS(faults.opened(), 2u);
}

CAF_TEST(a backlog is claimed over one connection more) {
  handler_script handler;
  config.batch_size = 1;
  run(connection_use::per_role);
  for (uint32_t n = 1; n <= 20; ++n)
    write(n);
  CAF_REQUIRE(add(play<handler_actor>(handler)));
  advance(10s);
  CAF_CHECK_EQUAL(handler.count(), 20u);
  CAF_CHECK_EQUAL(status_of(20), status::done);
  // Two that claim, and one each that writes, that settles, and for this test.
  CAF_CHECK_EQUAL(faults.opened(), 5u);
  // They do not write, so they need not ask for the route.
  CAF_CHECK_EQUAL(faults.calls("add"), 1u);
}

CAF_TEST(the connection that settles with events knows the routes) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery& x) {
    auto result = done();
    if (x.event().id == nth_id(1))
      result.events = nth_events(2, 1);
    return result;
  }));
  run(connection_use::per_role);
  write(1);
  advance(10s);
  CAF_CHECK_EQUAL(status_of(2), status::done);
  CAF_CHECK_EQUAL(faults.calls("add"), 3u); // one adds, two write
}

CAF_TEST_FIXTURE_SCOPE_END()
