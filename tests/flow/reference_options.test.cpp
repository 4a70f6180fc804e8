#include "app.hpp"

#include <atomic>

// The options of the Go package that this library's words come from: each row
// of its documentation, under its name here. See also reference.test.cpp.

using namespace flow;
using inbox::status;
using inbox::write_result;

// -- OnDeadCallback, OnErrorCallback, WithMaxRetryAttempt ---------------------

CAF_TEST(the dead callback fires after the given number of attempts) {
  on_each_store([](store_place& place) {
    for (uint32_t most : {1u, 2u, 4u}) {
      record<inbox::delivery_died> died;
      std::atomic<int> tried{0};
      inbox::registry handlers;
      on(handlers, "order_events", "process_order",
         [&](const inbox::delivery&) {
           ++tried;
           return inbox::failed("out of stock");
         });
      auto options = quick_options(place);
      options.max_attempts = most;
      options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
      app shop{options, handlers};
      shop.write(make(most, "order_events"));
      CAF_REQUIRE(died.wait_for(1));
      CAF_CHECK_EQUAL(died.all()[0].event_id, nth(most));
      CAF_CHECK_EQUAL(died.all()[0].handler_key, "process_order");
      CAF_CHECK_EQUAL(died.all()[0].message, "out of stock");
      CAF_CHECK_EQUAL(died.all()[0].attempts, most);
      shop.drain();
      CAF_CHECK_EQUAL(died.size(), 1u);
      CAF_CHECK_EQUAL(tried.load(), static_cast<int>(most));
    }
  });
}

CAF_TEST(the error callback gets what the database says) {
  on_durable_stores([](store_place& place) {
    record<caf::error> errors;
    auto options = quick_options(place);
    options.on_error = [&](const caf::error& x) { errors.add(x); };
    app shop{options};
    shop.write(make(1));
    place.execute("alter table @event rename to @hidden");
    CAF_CHECK(!shop->write(make(2)));
    CAF_REQUIRE(errors.wait_for(1));
    CAF_CHECK(!inbox::describe(errors.all().front()).empty());
    place.execute("alter table @hidden rename to @event");
    CAF_CHECK_EQUAL(shop.write(make(2)).result, write_result::unrouted);
  });
}

// -- WithHandlerTimeout -------------------------------------------------------

CAF_TEST(a handler is stopped by its timeout) {
  on_each_store([](store_place& place) {
    inbox::registry handlers;
    on(handlers, "order_events", "process_order", [](const inbox::delivery& x) {
      static_cast<void>(eventually([&] { return x.canceled(); }));
    });
    auto options = quick_options(place);
    options.handler_timeout = 50ms;
    options.max_attempts = 2;
    app shop{options, handlers};
    shop.write(make(1, "order_events"));
    shop.wait_until(1, "process_order", status::dead);
    CAF_CHECK(shop.delivery(1, "process_order").message.find("deadline")
              != std::string::npos);
  });
}

// -- WithIterationRate, WithIterationSeed -------------------------------------

CAF_TEST(work that comes by another way is found at the next iteration) {
  on_each_store([](store_place& place) {
    std::atomic<int> handled{0};
    inbox::registry handlers;
    on(handlers, "order_events", "process_order",
       [&](const inbox::delivery&) { ++handled; });
    app shop{quick_options(place), handlers};
    shop.wait_until_ready(1);
    // Nobody pokes the first inbox when the second one writes.
    app writer{quick_options(place)};
    CAF_CHECK_EQUAL(writer.write(make(1, "order_events")).handlers, 1u);
    shop.wait_until(1, "process_order", status::done);
    CAF_CHECK_EQUAL(handled.load(), 1);
    // With the longest of pauses nothing is found by itself.
    shop.drain();
    auto options = quick_options(place);
    options.iteration_rate = 24h;
    options.iteration_seed = 86400;
    app lazy{options, handlers};
    lazy.wait_until_ready(1);
    lazy.write(make(2, "order_events")); // but a write of its own wakes it
    lazy.wait_until(2, "process_order", status::done);
  });
}

// -- WithRetention ------------------------------------------------------------

CAF_TEST(retention erases what ended long ago and nothing else) {
  on_durable_stores([](store_place& place) {
    inbox::registry handlers;
    on(handlers, "order_events", "process_order",
       [](const inbox::delivery&) {});
    on(handlers, "letter_events", "answer",
       [](const inbox::delivery&) { return inbox::dead("never"); });
    on(handlers, "late_events", "wait",
       [](const inbox::delivery&) { return inbox::failed("not yet"); });
    auto options = quick_options(place);
    options.backoff = {24h * 1000, 24h * 1000, 1};
    {
      app shop{options, handlers};
      shop.write({make(1, "order_events"), make(2, "letter_events"),
                  make(3, "late_events"), make(4, "unknown_events")});
      shop.wait_until(1, "process_order", status::done);
      shop.wait_until(2, "answer", status::dead);
      shop.wait_until(3, "wait", status::failed);
    }
    place.age(24h * 59);
    options.erase_interval = 5ms;
    auto exists = [](app& shop, uint32_t n) {
      return value(shop->find(nth(n))).event.has_value();
    };
    {
      app shop{options, handlers};
      shop.write(make(5, "order_events"));
      shop.wait_until(5, "process_order", status::done);
      place.age(23h);
      CAF_CHECK(exists(shop, 1)); // an hour too young
      place.age(2h);
      CAF_REQUIRE(eventually([&] { return shop.stats().erased == 2; }));
      CAF_CHECK(!exists(shop, 1));
      CAF_CHECK(!exists(shop, 2));
      for (uint32_t n : {3, 4, 5})
        CAF_CHECK(exists(shop, n));
      // What is erased may come again.
      CAF_CHECK_EQUAL(shop.write(make(1, "order_events")).result,
                      write_result::stored);
    }
    options.erase_unfinished = true;
    app shop{options, handlers};
    CAF_REQUIRE(eventually([&] { return shop.stats().erased == 2; }));
    CAF_CHECK(!exists(shop, 3));
    CAF_CHECK(!exists(shop, 4));
    CAF_CHECK(exists(shop, 1));
    CAF_CHECK(exists(shop, 5));
  });
}

CAF_TEST(without retention everything stays) {
  on_durable_stores([](store_place& place) {
    inbox::registry handlers;
    on(handlers, "order_events", "process_order",
       [](const inbox::delivery&) {});
    auto options = quick_options(place);
    options.retention_days = 0;
    options.erase_interval = 5ms;
    app shop{options, handlers};
    shop.write(make(1, "order_events"));
    shop.wait_until(1, "process_order", status::done);
    place.age(24h * 4000);
    shop.write(make(2, "order_events"));
    shop.wait_until(2, "process_order", status::done);
    CAF_CHECK(value(shop->find(nth(1))).event.has_value());
    CAF_CHECK_EQUAL(shop.stats().erased, 0u);
  });
}
