#include "app.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>

// What users of the Go package that this library's words come from rely on:
// each row of its documentation, under its name here. Its options follow in
// reference_options.test.cpp.

using namespace flow;
using inbox::errc;
using inbox::status;
using inbox::write_result;

namespace {

/// A handler that only counts.
struct counter {
  std::atomic<int> calls{0};

  auto handler() {
    return [this](const inbox::delivery&) { ++calls; };
  }
};

} // namespace

// -- constants: Default... ----------------------------------------------------

CAF_TEST(the defaults are those of the reference) {
  inbox::options options;
  CAF_CHECK_EQUAL(options.iteration_rate, inbox::timespan{5s});
  CAF_CHECK_EQUAL(options.iteration_seed, 2u);
  CAF_CHECK_EQUAL(options.handler_timeout, inbox::timespan{10s});
  CAF_CHECK_EQUAL(options.max_attempts, 5u);
  CAF_CHECK_EQUAL(options.backoff.min, inbox::timespan{5s});
  CAF_CHECK_EQUAL(options.backoff.max, inbox::timespan{60s});
  CAF_CHECK_EQUAL(options.backoff.factor, 2.0);
  CAF_CHECK_EQUAL(options.erase_interval, inbox::timespan{24h});
  CAF_CHECK_EQUAL(options.retention_days, 60u);
  CAF_CHECK(!options.on_dead);
  CAF_CHECK(!options.on_error);
  CAF_CHECK(!options.validate());
}

// -- Record: NewRecord, Null, Progress, Failed, Done, Dead --------------------

CAF_TEST(an event is made of id and type and payload and maybe a date) {
  auto plain = value(inbox::make_event(nth(1), "order_events", "{}"));
  CAF_CHECK_EQUAL(plain.id, nth(1));
  CAF_CHECK_EQUAL(plain.type, "order_events");
  CAF_CHECK_EQUAL(std::string{plain.payload.view()}, "{}");
  CAF_CHECK(!plain.date);
  auto when = inbox::timestamp{1'600'000'000s};
  auto dated = value(inbox::make_event(nth(1), "order_events", "{}", when));
  CAF_CHECK(dated.date == when);
  auto field = [](const caf::expected<inbox::event>& x) {
    CAF_CHECK(!x);
    CAF_CHECK_EQUAL(x.error(), errc::invalid);
    return inbox::field_of(x.error());
  };
  CAF_CHECK_EQUAL(field(inbox::make_event({}, "order_events", "{}")),
                  "event.id");
  CAF_CHECK_EQUAL(field(inbox::make_event(nth(1), "", "{}")), "event.type");
  // A webhook without a body is an event all the same.
  CAF_CHECK(inbox::make_event(nth(1), "order_events", ""));
}

CAF_TEST(the five statuses have their names) {
  CAF_CHECK_EQUAL(to_string(status::pending), "pending");
  CAF_CHECK_EQUAL(to_string(status::in_progress), "in_progress");
  CAF_CHECK_EQUAL(to_string(status::failed), "failed");
  CAF_CHECK_EQUAL(to_string(status::done), "done");
  CAF_CHECK_EQUAL(to_string(status::dead), "dead");
}

CAF_TEST(a delivery goes through the statuses) {
  on_each_store([](store_place& place) {
    gate hold;
    record<int> begun;
    inbox::registry handlers;
    on(handlers, "order_events", "progress", [&](const inbox::delivery&) {
      begun.add(1);
      hold.wait();
    });
    on(handlers, "order_events", "failed",
       [](const inbox::delivery&) { return inbox::failed("not today"); });
    on(handlers, "order_events", "dead",
       [](const inbox::delivery&) { return inbox::dead("never"); });
    auto options = quick_options(place);
    options.backoff = {1h, 1h, 1};
    app shop{options, handlers};
    shop.wait_until_ready(3);
    // Known to the store, with nobody here to handle it.
    auto gone = shop.own(
      inbox::spawn_handler(shop.system(), inbox::make_handler_function(
                                            [](const inbox::delivery&) {})));
    CAF_CHECK(value(shop->on({"order_events", "null", gone, 1})));
    CAF_CHECK(value(shop->off({"order_events", "null", false})));
    auto when = inbox::timestamp{1'600'000'000s};
    CAF_CHECK_EQUAL(
      shop.write(value(inbox::make_event(nth(1), "order_events", "{}", when)))
        .handlers,
      4u);
    CAF_REQUIRE(begun.wait_for(1));
    shop.wait_until(1, "null", status::pending);
    shop.wait_until(1, "progress", status::in_progress);
    shop.wait_until(1, "failed", status::failed);
    shop.wait_until(1, "dead", status::dead);
    hold.open();
    shop.wait_until(1, "progress", status::done);
    CAF_CHECK(value(shop->find(nth(1))).event->date == when);
  });
}

// -- Record: CalcNewDeadline --------------------------------------------------

CAF_TEST(the new deadline is within the backoff) {
  inbox::backoff wait;
  std::mt19937_64 random{42};
  for (uint32_t attempt = 1; attempt <= 100; ++attempt) {
    auto most = std::min<inbox::timespan>(60s, attempt < 5 ? 5s * (1 << attempt)
                                                           : 60s);
    CAF_CHECK_EQUAL(wait.ceiling(attempt), most);
    auto delay = wait.delay(attempt, random);
    CAF_CHECK(delay >= 5s);
    CAF_CHECK(delay <= most);
  }
}

// -- Registry: NewRegistry, On, Handlers; Handler: Key, Process ---------------

CAF_TEST(a registry holds the handlers of each event type) {
  inbox::registry handlers;
  CAF_CHECK(handlers.handlers().empty());
  auto none = [](const inbox::delivery&) {};
  on(handlers, "order_events", "process_order", none);
  on(handlers, "order_events", "update_order", none);
  on(handlers, "user_events", "process_order", none);
  std::map<std::string, std::vector<std::string>> expected{
    {"order_events", {"process_order", "update_order"}},
    {"user_events", {"process_order"}},
  };
  CAF_CHECK(handlers.handlers() == expected);
  // A key must not be empty, and neither must a type.
  CAF_CHECK_EQUAL(inbox::field_of(handlers.on("order_events", "", none)),
                  "handler_key");
  CAF_CHECK_EQUAL(inbox::field_of(handlers.on("", "update_order", none)),
                  "event_type");
  CAF_CHECK(handlers.handlers() == expected);
}

CAF_TEST(of two handlers with one key the first stays) {
  on_each_store([](store_place& place) {
    counter first;
    counter second;
    inbox::registry handlers;
    on(handlers, "order_events", "process_order", first.handler());
    // Ignored as in the reference, but here the caller is told.
    auto err = handlers.on("order_events", "process_order", second.handler());
    CAF_CHECK_EQUAL(err, errc::invalid);
    CAF_CHECK_EQUAL(inbox::field_of(err), "handler_key");
    CAF_CHECK_EQUAL(handlers.handlers()["order_events"].size(), 1u);
    app shop{quick_options(place), handlers};
    shop.write(make(1, "order_events"));
    shop.wait_until(1, "process_order", status::done);
    CAF_CHECK_EQUAL(first.calls.load(), 1);
    CAF_CHECK_EQUAL(second.calls.load(), 0);
  });
}

CAF_TEST(every handler of a type gets the body) {
  on_each_store([](store_place& place) {
    record<std::string> bodies;
    inbox::registry handlers;
    auto process = [&](const inbox::delivery& x) {
      bodies.add(x.handler_key() + " " + std::string{x.payload()});
    };
    on(handlers, "order_events", "process_order", process);
    on(handlers, "order_events", "update_order", process);
    app shop{quick_options(place), handlers};
    shop.write(make(1, "order_events", "{\"order\": 1}"));
    CAF_REQUIRE(bodies.wait_for(2));
    auto all = bodies.all();
    std::sort(all.begin(), all.end());
    CAF_CHECK_EQUAL(all[0], "process_order {\"order\": 1}");
    CAF_CHECK_EQUAL(all[1], "update_order {\"order\": 1}");
  });
}

// -- Client: repeated ids are ignored -----------------------------------------

CAF_TEST(the client stores a record once) {
  on_each_store([](store_place& place) {
    counter handled;
    inbox::registry handlers;
    on(handlers, "order_events", "process_order", handled.handler());
    app shop{quick_options(place), handlers};
    for (auto expected : {write_result::stored, write_result::duplicate,
                          write_result::duplicate})
      CAF_CHECK_EQUAL(shop.write(make(1, "order_events")).result, expected);
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(handled.calls.load(), 1);
  });
}

// -- ErrNoRecords -------------------------------------------------------------

CAF_TEST(no records is no error) {
  on_each_store([](store_place& place) {
    record<caf::error> errors;
    counter handled;
    inbox::registry handlers;
    on(handlers, "order_events", "process_order", handled.handler());
    auto options = quick_options(place);
    options.iteration_rate = 1ms;
    options.on_error = [&](const caf::error& x) { errors.add(x); };
    app shop{options, handlers};
    shop.wait_until_ready(1);
    // Nobody pokes it when another one writes, so it found nothing until then,
    // and is at it still.
    app writer{quick_options(place)};
    for (uint32_t n = 1; n <= 5; ++n) {
      CAF_CHECK_EQUAL(writer.write(make(n, "order_events")).handlers, 1u);
      shop.wait_until(n, "process_order", status::done);
    }
    CAF_CHECK_EQUAL(handled.calls.load(), 5);
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.claimed, 5u);
    CAF_CHECK_EQUAL(stats.errors, 0u);
    CAF_CHECK_EQUAL(errors.size(), 0u);
    CAF_CHECK(!value(shop->find(nth(99))).event);
  });
}
