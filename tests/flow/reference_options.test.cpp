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
    auto refused = shop->write(make(2));
    CAF_CHECK_EQUAL(inbox::code_of(refused.error()), place.missing_table());
    CAF_REQUIRE(errors.wait_for(1));
    auto reported = errors.all().front();
    CAF_CHECK_EQUAL(inbox::code_of(reported), place.missing_table());
    CAF_CHECK(inbox::describe(reported).find(place.options().prefix + "_event")
              != std::string::npos);
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
  });
}

CAF_TEST(the seed lengthens the pause between two iterations) {
  on_each_store([](store_place& place) {
    auto none = [](const inbox::delivery&) {};
    inbox::registry handlers;
    on(handlers, "order_events", "lazy", none);
    auto options = quick_options(place);
    options.store.listen = false;
    options.iteration_rate = 1ms;
    options.iteration_seed = 86400; // the pause is a minute in one of 1,440
    app lazy{options, handlers};
    lazy.wait_until_ready(1);
    // Shows how long it takes to find something with hundred times the pause.
    inbox::registry others;
    on(others, "order_events", "punctual", none);
    options.iteration_rate = 100ms;
    options.iteration_seed = 0;
    app punctual{options, others};
    punctual.wait_until_ready(1);
    app writer{quick_options(place)};
    // The first one may meet the last of what the start sets off.
    for (uint32_t n = 1; n <= 2; ++n) {
      CAF_CHECK_EQUAL(writer.write(make(n, "order_events")).handlers, 2u);
      punctual.wait_until(n, "punctual", status::done);
    }
    CAF_CHECK_EQUAL(writer.delivery(2, "lazy").status, status::pending);
    lazy.write(make(3, "order_events")); // a write of its own wakes it
    for (uint32_t n = 1; n <= 3; ++n)
      lazy.wait_until(n, "lazy", status::done);
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
    place.age(2h);
    {
      app shop{options, handlers};
      shop.write(make(5, "order_events"));
      shop.wait_until(5, "process_order", status::done);
    }
    place.age(24h * 60 - 1h); // the first ones are an hour too old, 5 is not
    options.erase_interval = 5ms;
    auto exists = [](app& shop, uint32_t n) {
      return value(shop->find(nth(n))).event.has_value();
    };
    {
      app shop{options, handlers};
      CAF_REQUIRE(eventually([&] { return shop.stats().erased == 2; }));
      CAF_CHECK(!exists(shop, 1));
      CAF_CHECK(!exists(shop, 2));
      for (uint32_t n : {3, 4, 5})
        CAF_CHECK(exists(shop, n));
      // What is erased may come again.
      CAF_CHECK_EQUAL(shop.write(make(1, "order_events")).result,
                      write_result::stored);
      shop.wait_until(1, "process_order", status::done);
      place.age(2h);
      CAF_REQUIRE(eventually([&] { return shop.stats().erased == 3; }));
      CAF_CHECK(!exists(shop, 5));
      for (uint32_t n : {1, 3, 4})
        CAF_CHECK(exists(shop, n));
    }
    options.erase_unfinished = true;
    app shop{options, handlers};
    CAF_REQUIRE(eventually([&] { return shop.stats().erased == 2; }));
    CAF_CHECK(!exists(shop, 3));
    CAF_CHECK(!exists(shop, 4));
    CAF_CHECK(exists(shop, 1));
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
    place.age(24h * 1000);
    shop.write(make(2, "order_events"));
    shop.wait_until(2, "process_order", status::done);
    place.age(24h * 1000);
    // Another inbox with the same interval finds what is too old for it.
    options.retention_days = 1500;
    app other{options};
    CAF_REQUIRE(eventually([&] { return other.stats().erased > 0; }));
    CAF_CHECK_EQUAL(other.stats().erased, 1u);
    CAF_CHECK(!value(shop->find(nth(1))).event);
    CAF_CHECK(value(shop->find(nth(2))).event.has_value());
    CAF_CHECK_EQUAL(shop.stats().erased, 0u);
  });
}
