#include "app.hpp"

#include <inbox/actors/caf_compat.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_response_promise.hpp>

// Handler actors that misbehave: they answer twice or quit.

using namespace flow;
using inbox::status;

namespace {

using calls = record<inbox::handle_event>;

caf::behavior good_actor(caf::event_based_actor*, calls* seen) {
  return {
    [seen](const inbox::handle_event& x) {
      seen->add(x);
      return inbox::done();
    },
  };
}

/// Answers, answers again, and then sends an answer that is none.
caf::behavior babbling_actor(caf::event_based_actor* self) {
  return {
    [self](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      auto reply = self->make_response_promise<inbox::outcome>();
      auto again = reply;
      auto first = x.handler_key == "done" ? inbox::done()
                                           : inbox::dead("first word");
      reply.deliver(std::move(first));
      again.deliver(inbox::dead("second word"));
      if (auto who = caf::actor_cast<caf::actor>(self->current_sender()))
        inbox::send(self, who, inbox::failed("third word"));
      return again;
    },
  };
}

/// Quits with its first request in its hands and the others in its mailbox.
caf::behavior quitting_actor(caf::event_based_actor* self, calls* seen,
                             gate* others_wait) {
  return {
    [=](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      seen->add(x);
      others_wait->wait();
      self->quit(caf::exit_reason::user_shutdown);
      return self->make_response_promise<inbox::outcome>();
    },
  };
}

caf::behavior throwing_actor(caf::event_based_actor*, calls* seen) {
  return {
    [seen](const inbox::handle_event& x) -> inbox::outcome {
      seen->add(x);
      throw 42;
    },
  };
}

/// Options under which nobody waits for the deadline of a dead actor.
inbox::options patient_options(const store_place& place) {
  auto result = quick_options(place);
  result.handler_timeout = patience;
  result.lease_duration = 2 * patience;
  return result;
}

} // namespace

CAF_TEST(of two answers the first one counts) {
  on_each_store([](store_place& place) {
    record<inbox::delivery_died> died;
    auto options = quick_options(place);
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    app shop{options};
    auto handler = shop.own(shop.system().spawn(babbling_actor));
    CAF_CHECK(value(shop->on({"order", "done", handler, 1})));
    CAF_CHECK(value(shop->on({"order", "dead", handler, 1})));
    auto is_durable = place.kind() != std::string{"memory"};
    if (is_durable)
      place.watch_settlements();
    shop.write(make_many(3));
    shop.wait_until_finished();
    for (uint32_t n = 1; n <= 3; ++n) {
      CAF_CHECK_EQUAL(shop.delivery(n, "done").status, status::done);
      CAF_CHECK_EQUAL(shop.delivery(n, "dead").status, status::dead);
      CAF_CHECK_EQUAL(shop.delivery(n, "dead").message, "first word");
      CAF_CHECK_EQUAL(shop.delivery(n, "done").attempts, 1u);
    }
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.done, 3u);
    CAF_CHECK_EQUAL(stats.dead, 3u);
    CAF_CHECK_EQUAL(stats.failed, 0u);
    CAF_CHECK_EQUAL(stats.lost, 0u);
    shop.drain();
    CAF_CHECK_EQUAL(died.size(), 3u);
    if (is_durable)
      CAF_CHECK_EQUAL(place.settled_twice(), 0);
  });
}

CAF_TEST(an actor that quit before it had work costs no attempt) {
  on_each_store([](store_place& place) {
    record<caf::error> errors;
    auto options = patient_options(place);
    options.on_error = [&](const caf::error& x) { errors.add(x); };
    calls seen;
    app shop{options};
    auto gone = shop.own(shop.system().spawn(good_actor, &seen));
    CAF_CHECK(value(shop->on({"order", "mail", gone, 1})));
    caf::anon_send_exit(gone, caf::exit_reason::user_shutdown);
    shop.write(make_many(4)); // maybe before the inbox has heard of it
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
    CAF_REQUIRE(errors.wait_for(1));
    CAF_CHECK_EQUAL(inbox::code_of(errors.all()[0]), inbox::errc::handler_down);
    CAF_CHECK_EQUAL(inbox::field_of(errors.all()[0]), "mail");
    CAF_CHECK(!shop.summary("order", "mail").handled_here);
    for (uint32_t n = 1; n <= 4; ++n)
      shop.wait_until(n, "mail", status::pending);
    auto good = shop.own(shop.system().spawn(good_actor, &seen));
    CAF_CHECK(value(shop->on({"order", "mail", good, 1})));
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(seen.size(), 4u);
    for (uint32_t n = 1; n <= 4; ++n)
      CAF_CHECK_EQUAL(shop.delivery(n, "mail").attempts, 1u);
  });
}

CAF_TEST(an actor that quits at work fails that and not what waits for it) {
  on_each_store([](store_place& place) {
    calls seen;
    gate others_wait;
    app shop{patient_options(place)};
    auto bad
      = shop.own(shop.system().spawn(quitting_actor, &seen, &others_wait));
    CAF_CHECK(value(shop->on({"order", "mail", bad, 4})));
    shop.write(make_many(4));
    CAF_REQUIRE(seen.wait_for(1));
    CAF_REQUIRE(eventually([&] { return shop.stats().claimed == 4; }));
    others_wait.open();
    shop.wait_until(1, "mail", status::failed);
    for (uint32_t n = 2; n <= 4; ++n) {
      shop.wait_until(n, "mail", status::pending);
      CAF_CHECK_EQUAL(shop.delivery(n, "mail").attempts, 0u);
    }
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
    auto good = shop.own(shop.system().spawn(good_actor, &seen));
    CAF_CHECK(value(shop->on({"order", "mail", good, 4})));
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(seen.size(), 5u);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 2u);
    CAF_CHECK_EQUAL(shop.delivery(4, "mail").attempts, 1u);
    CAF_CHECK_EQUAL(shop.final_stats().lost, 0u);
  });
}

CAF_TEST(an actor that throws what is no exception fails its attempt) {
  on_each_store([](store_place& place) {
    calls seen;
    app shop{patient_options(place)};
    auto bad = shop.own(shop.system().spawn(throwing_actor, &seen));
    CAF_CHECK(value(shop->on({"order", "mail", bad, 1})));
    shop.write(make(1));
    shop.wait_until(1, "mail", status::failed);
    CAF_CHECK_EQUAL(seen.size(), 1u);
    CAF_CHECK(!shop.delivery(1, "mail").message.empty());
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
  });
}
