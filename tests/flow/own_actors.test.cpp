#include "app.hpp"

#include <inbox/actors/caf_compat.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

// Handlers that are actors of the application's own.

using namespace flow;
using inbox::status;

namespace {

using calls = record<inbox::handle_event>;

caf::behavior plain_actor(caf::event_based_actor*, calls* seen) {
  return {
    [seen](const inbox::handle_event& x) {
      seen->add(x);
      return inbox::done();
    },
  };
}

inbox::handler_actor::behavior_type typed_actor(inbox::handler_actor::pointer,
                                                calls* seen) {
  return {
    [seen](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      seen->add(x);
      if (x.attempt == 1)
        return inbox::make_error(inbox::errc::busy, "printer", "is in use");
      return inbox::done();
    },
  };
}

/// Ends itself in the middle of a request.
caf::behavior quitting_actor(caf::event_based_actor* self, calls* seen) {
  return {
    [self, seen](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      seen->add(x);
      self->quit(caf::exit_reason::kill);
      return self->make_response_promise<inbox::outcome>();
    },
  };
}

/// Ends by an exception, which CAF makes its exit reason.
caf::behavior throwing_actor(caf::event_based_actor*, calls* seen) {
  return {
    [seen](const inbox::handle_event& x) -> inbox::outcome {
      seen->add(x);
      throw std::runtime_error("out of paper");
    },
  };
}

/// Knows no such request.
caf::behavior unfit_actor(caf::event_based_actor*) {
  return {
    [](const std::string&) {},
  };
}

/// Answers, but not with an outcome.
caf::behavior chatty_actor(caf::event_based_actor*) {
  return {
    [](const inbox::handle_event&) { return std::string{"yes"}; },
  };
}

void stop(const caf::actor& x) {
  caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

} // namespace

CAF_TEST(actors of the application can be handlers) {
  on_each_store([](store_place& place) {
    calls plain;
    calls typed;
    auto options = quick_options(place);
    app shop{options};
    auto first = shop.own(shop.system().spawn(plain_actor, &plain));
    auto second = shop.own(shop.system().spawn(typed_actor, &typed));
    CAF_CHECK(value(shop->on({"order", "mail", first, 1})));
    CAF_CHECK(value(shop->on({"order", "stock", second, 8})));
    shop.write(make(1, "order", "two lamps"));
    shop.wait_until(1, "mail", status::done);
    shop.wait_until(1, "stock", status::done);
    auto request = plain.all().front();
    CAF_CHECK_EQUAL(request.event.id, nth(1));
    CAF_CHECK_EQUAL(request.event.type, "order");
    CAF_CHECK_EQUAL(std::string{request.event.payload.view()}, "two lamps");
    CAF_CHECK_EQUAL(request.handler_key, "mail");
    CAF_CHECK_EQUAL(request.attempt, 1u);
    CAF_CHECK_EQUAL(request.max_attempts, options.max_attempts);
    CAF_CHECK_EQUAL(request.timeout, options.handler_timeout);
    CAF_CHECK_EQUAL(typed.size(), 2u); // the first answer was an error
    CAF_CHECK_EQUAL(shop.delivery(1, "stock").attempts, 2u);
    CAF_CHECK(shop.delivery(1, "stock").message.find("is in use")
              != std::string::npos);
  });
}

CAF_TEST(actors can be handlers from the start) {
  on_each_store([](store_place& place) {
    // The actor has to live in the system of the inbox, which `app` makes.
    calls seen;
    app host{quick_options(place)};
    auto handler = host.own(host.system().spawn(plain_actor, &seen));
    inbox::registry handlers;
    CAF_CHECK(!handlers.on_actor("order", "mail", handler));
    CAF_CHECK_EQUAL(inbox::field_of(handlers.on_actor("order", "x", {})),
                    "handler");
    auto box = value(
      inbox::spawn_inbox(host.system(), quick_options(place), handlers));
    inbox::client client{host.system(), box};
    CAF_CHECK_EQUAL(value(client.write(make(1))).handlers, 1u);
    CAF_REQUIRE(seen.wait_for(1));
    host.wait_until(1, "mail", status::done);
    CAF_CHECK(value(client.drain()).abandoned == 0);
    // A handler of the application's own outlives the inbox.
    caf::scoped_actor self{host.system()};
    auto answer = inbox::verdict::dead;
    inbox::request(self, caf::actor_cast<inbox::handler_actor>(handler),
                   caf::infinite, inbox::handle_event{})
      .receive([&](const inbox::outcome& x) { answer = x.verdict; },
               [](const caf::error&) {});
    CAF_CHECK_EQUAL(answer, inbox::verdict::done);
  });
}

CAF_TEST(a handler actor that ends fails its attempt and leaves its key) {
  on_each_store([](store_place& place) {
    for (auto kind : {quitting_actor, throwing_actor}) {
      auto n = kind == quitting_actor ? 1u : 2u;
      auto key = "key" + std::to_string(n);
      calls seen;
      auto options = quick_options(place);
      options.handler_timeout = patience; // nobody waits for a dead actor
      options.lease_duration = 2 * patience;
      app shop{options};
      auto bad = shop.own(shop.system().spawn(kind, &seen));
      CAF_CHECK(value(shop->on({"order", key, bad, 1})));
      shop.write(make(n));
      shop.wait_until(n, key, status::failed);
      CAF_CHECK_EQUAL(seen.size(), 1u);
      CAF_CHECK(!shop.delivery(n, key).message.empty());
      CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
      CAF_CHECK(!shop.summary("order", key).handled_here);
      // The key is free again, and what failed goes on.
      auto good = shop.own(shop.system().spawn(plain_actor, &seen));
      CAF_CHECK(value(shop->on({"order", key, good, 1})));
      shop.wait_until(n, key, status::done);
      CAF_CHECK_EQUAL(shop.delivery(n, key).attempts, 2u);
    }
  });
}

CAF_TEST(an actor that does not answer as it should fails its attempts) {
  on_each_store([](store_place& place) {
    auto options = quick_options(place);
    options.max_attempts = 2;
    app shop{options};
    auto unfit = shop.own(shop.system().spawn(unfit_actor));
    auto chatty = shop.own(shop.system().spawn(chatty_actor));
    CAF_CHECK(value(shop->on({"order", "unfit", unfit, 1})));
    CAF_CHECK(value(shop->on({"order", "chatty", chatty, 1})));
    shop.write(make(1));
    for (auto key : {"unfit", "chatty"}) {
      shop.wait_until(1, key, status::dead);
      CAF_CHECK_EQUAL(shop.delivery(1, key).attempts, 2u);
      CAF_CHECK(!shop.delivery(1, key).message.empty());
    }
  });
}

CAF_TEST(the first handler of a key stays and the caller is told) {
  on_each_store([](store_place& place) {
    calls first_seen;
    calls second_seen;
    app shop{quick_options(place)};
    auto first = shop.own(shop.system().spawn(plain_actor, &first_seen));
    auto second = shop.own(shop.system().spawn(plain_actor, &second_seen));
    CAF_CHECK(value(shop->on({"order", "mail", first, 1})));
    CAF_CHECK(!value(shop->on({"order", "mail", second, 1})));
    CAF_CHECK(value(shop->on({"refund", "mail", second, 1})));
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(first_seen.size(), 1u);
    CAF_CHECK_EQUAL(second_seen.size(), 0u);
  });
}

CAF_TEST(the end of a former handler does not touch its successor) {
  on_each_store([](store_place& place) {
    calls seen;
    app shop{quick_options(place)};
    auto old = shop.own(shop.system().spawn(plain_actor, &seen));
    auto next = shop.own(shop.system().spawn(plain_actor, &seen));
    CAF_CHECK(value(shop->on({"order", "mail", old, 1})));
    CAF_CHECK(value(shop->off({"order", "mail", false})));
    CAF_CHECK(value(shop->on({"order", "mail", next, 1})));
    stop(old);
    caf::scoped_actor self{shop.system()};
    self->wait_for(old);
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    shop.write(make(2));
    shop.wait_until(2, "mail", status::done);
    CAF_CHECK_EQUAL(shop.stats().lanes.size(), 1u);
  });
}
