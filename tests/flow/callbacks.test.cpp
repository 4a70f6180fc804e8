#include "app.hpp"

#include <caf/event_based_actor.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <stdexcept>

// How an application hears of what went wrong.

using namespace flow;
using inbox::status;

namespace {

/// A log that the test can read once the inbox has ended.
struct readable_log {
  std::ostringstream text;
  std::shared_ptr<spdlog::logger> logger = std::make_shared<spdlog::logger>(
    "readable", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));

  readable_log() {
    logger->set_level(spdlog::level::trace);
  }

  bool has(const std::string& part) const {
    return text.str().find(part) != std::string::npos;
  }
};

inbox::registry failing_handler() {
  inbox::registry result;
  on(result, "order", "mail",
     [](const inbox::delivery&) { return inbox::failed("no paper"); });
  return result;
}

caf::behavior observing_actor(caf::event_based_actor*,
                              record<inbox::delivery_died>* died,
                              record<caf::error>* errors) {
  return {
    [died](const inbox::delivery_died& x) { died->add(x); },
    [errors](const inbox::error_occurred& x) { errors->add(x.reason); },
  };
}

} // namespace

CAF_TEST(a callback that throws harms nobody) {
  on_each_store([](store_place& place) {
    record<int> called;
    readable_log log;
    auto options = quick_options(place);
    options.logger = log.logger;
    options.on_dead = [&](const inbox::delivery_died&) {
      called.add(1);
      if (called.size() == 1)
        throw std::runtime_error("nobody reads this");
      throw 42;
    };
    app shop{options, failing_handler()};
    for (uint32_t n = 1; n <= 3; ++n) {
      shop.write(make(n));
      CAF_REQUIRE(called.wait_for(n));
    }
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(shop.summary("order", "mail").dead, 3u);
    shop.drain();
    CAF_CHECK(log.has("callback_threw callback=on_dead"));
    CAF_CHECK(log.has("nobody reads this"));
    CAF_CHECK_EQUAL(called.size(), 3u);
  });
}

CAF_TEST(an observer gets what the callbacks get) {
  on_each_store([](store_place& place) {
    record<inbox::delivery_died> died;
    record<caf::error> errors;
    caf::actor_system_config config;
    caf::actor_system sys{config};
    auto options = quick_options(place);
    options.max_attempts = 2;
    options.observer = sys.spawn(observing_actor, &died, &errors);
    {
      auto box = value(inbox::spawn_inbox(sys, options, failing_handler()));
      inbox::client client{sys, box};
      CAF_CHECK_EQUAL(value(client.write(make(1))).handlers, 1u);
      CAF_REQUIRE(died.wait_for(1));
      CAF_CHECK(client.drain());
    }
    auto report = died.all().front();
    CAF_CHECK_EQUAL(report.event_id, nth(1));
    CAF_CHECK_EQUAL(report.event_type, "order");
    CAF_CHECK_EQUAL(report.handler_key, "mail");
    CAF_CHECK_EQUAL(report.attempts, 2u);
    CAF_CHECK_EQUAL(report.message, "no paper");
    CAF_CHECK_EQUAL(died.size(), 1u);
    caf::anon_send_exit(options.observer, caf::exit_reason::user_shutdown);
  });
}

CAF_TEST(an observer that has ended is no harm) {
  on_each_store([](store_place& place) {
    record<inbox::delivery_died> died;
    record<caf::error> errors;
    caf::actor_system_config config;
    caf::actor_system sys{config};
    auto options = quick_options(place);
    options.observer = sys.spawn(observing_actor, &died, &errors);
    caf::anon_send_exit(options.observer, caf::exit_reason::kill);
    auto box = value(inbox::spawn_inbox(sys, options, failing_handler()));
    inbox::client client{sys, box};
    CAF_CHECK_EQUAL(value(client.write(make(1))).handlers, 1u);
    CAF_REQUIRE(eventually([&] { return value(client.stats()).dead == 1; }));
    CAF_CHECK(client.drain());
    CAF_CHECK_EQUAL(died.size(), 0u);
  });
}

CAF_TEST(a store error reaches callback and observer and ends nothing) {
  on_durable_stores([](store_place& place) {
    record<caf::error> called;
    record<inbox::delivery_died> died;
    record<caf::error> observed;
    readable_log log;
    caf::actor_system_config config;
    caf::actor_system sys{config};
    auto options = quick_options(place);
    options.logger = log.logger;
    options.observer = sys.spawn(observing_actor, &died, &observed);
    options.on_error = [&](const caf::error& x) {
      called.add(x);
      throw std::runtime_error("nobody reads this");
    };
    record<int> handled;
    inbox::registry handlers;
    on(handlers, "order", "mail",
       [&](const inbox::delivery&) { handled.add(1); });
    auto box = value(inbox::spawn_inbox(sys, options, handlers));
    inbox::client client{sys, box};
    auto done = [&](uint32_t n) {
      return eventually([&] {
        auto found = client.find(nth(n));
        return found && found->deliveries.size() == 1
               && found->deliveries[0].status == status::done;
      });
    };
    CAF_CHECK_EQUAL(value(client.write(make(1))).handlers, 1u);
    CAF_REQUIRE(done(1));
    place.execute("alter table @delivery rename to @hidden");
    CAF_REQUIRE(called.wait_for(2));
    CAF_REQUIRE(observed.wait_for(2));
    // On PostgreSQL only what is ordered goes there.
    auto lost = make(2, "order", "a secret");
    lost.ordering_key = "a";
    auto refused = client.write(lost);
    CAF_REQUIRE(!refused);
    CAF_CHECK_EQUAL(inbox::code_of(refused.error()), place.missing_table());
    place.execute("alter table @hidden rename to @delivery");
    CAF_REQUIRE(eventually([&] { return bool{client.write(make(3))}; }));
    CAF_REQUIRE(done(3));
    CAF_CHECK_GREATER_OR_EQUAL(value(client.stats()).errors, 2u);
    CAF_CHECK(client.drain());
    for (auto& reported : {called.all(), observed.all()})
      for (auto& x : reported) {
        CAF_CHECK_EQUAL(inbox::code_of(x), place.missing_table());
        CAF_CHECK(inbox::describe(x).find("_delivery") != std::string::npos);
      }
    CAF_CHECK(log.has("error_occurred"));
    CAF_CHECK(log.has("callback_threw callback=on_error"));
    CAF_CHECK(!log.has("secret"));
    caf::anon_send_exit(options.observer, caf::exit_reason::user_shutdown);
  });
}
