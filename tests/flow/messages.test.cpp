#include "app.hpp"

#include <inbox/actors/caf_compat.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <future>

// Code that holds nothing but the handle of the inbox can do everything.

using namespace flow;
using inbox::errc;
using inbox::status;
using inbox::write_result;

namespace {

/// Asks as any actor would: a request, then an answer or an error.
template <class Reply, class Message>
caf::expected<Reply>
ask(caf::scoped_actor& self, const inbox::inbox_actor& to, Message msg) {
  caf::expected<Reply> result{caf::error{caf::sec::runtime_error}};
  inbox::request(self, to, patience, std::move(msg))
    .receive([&](Reply& x) { result = std::move(x); },
             [&](caf::error& err) { result = std::move(err); });
  return result;
}

inbox::status status_of(caf::scoped_actor& self, const inbox::inbox_actor& to,
                        uint32_t n) {
  auto found
    = value(ask<inbox::event_record>(self, to, inbox::find_event{nth(n)}));
  return found.deliveries.empty() ? status::dead : found.deliveries[0].status;
}

/// An application that is actors all the way: registers itself as the handler,
/// writes, and tells of what it handles.
caf::behavior self_made(caf::event_based_actor* self, inbox::inbox_actor box,
                        record<std::string>* seen) {
  using inbox::request;
  request(self, box, caf::infinite,
          inbox::register_handler{"order", "mail",
                                  caf::actor_cast<caf::actor>(self), 1})
    .then([=](const inbox::registered_handler& x) {
      seen->add(x.added ? "registered" : "refused");
      request(self, box, caf::infinite, inbox::write_events{{make(1)}})
        .then([=](const inbox::written_events& y) {
          seen->add(to_string(y.receipts.at(0).result));
        });
    });
  return {
    [seen](const inbox::handle_event& x) {
      seen->add(std::string{x.event.payload.view()});
      return inbox::done();
    },
  };
}

} // namespace

CAF_TEST(all that an inbox does can be asked for by messages) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place)};
    caf::scoped_actor self{shop.system()};
    auto& box = shop.actor();
    record<std::string> handled;
    auto tell = [&](const inbox::delivery& x) {
      handled.add(std::string{x.payload()});
    };
    auto handler = shop.own(
      inbox::spawn_handler(shop.system(), inbox::make_handler_function(tell)));

    inbox::register_handler add{"order", "mail", handler, 2};
    CAF_CHECK(value(ask<inbox::registered_handler>(self, box, add)).added);
    CAF_CHECK(!value(ask<inbox::registered_handler>(self, box, add)).added);

    auto written = value(ask<inbox::written_events>(
      self, box,
      inbox::write_events{{make(1, "order", "a"), make(2, "order", "b"),
                           make(1), make(3, "refund")}}));
    CAF_REQUIRE_EQUAL(written.receipts.size(), 4u);
    CAF_CHECK_EQUAL(written.receipts[0].result, write_result::stored);
    CAF_CHECK_EQUAL(written.receipts[1].handlers, 1u);
    CAF_CHECK_EQUAL(written.receipts[2].result, write_result::duplicate);
    CAF_CHECK_EQUAL(written.receipts[3].result, write_result::unrouted);
    CAF_CHECK(
      value(ask<inbox::written_events>(self, box, inbox::write_events{}))
        .receipts.empty());

    CAF_REQUIRE(handled.wait_for(2));
    CAF_REQUIRE(eventually([&] {
      return status_of(self, box, 1) == status::done
             && status_of(self, box, 2) == status::done;
    }));
    auto known
      = value(ask<inbox::event_record>(self, box, inbox::find_event{nth(2)}));
    CAF_REQUIRE(known.event);
    CAF_CHECK_EQUAL(std::string{known.event->payload.view()}, "b");
    CAF_CHECK_EQUAL(known.deliveries.at(0).handler_key, "mail");
    auto none
      = value(ask<inbox::event_record>(self, box, inbox::find_event{nth(77)}));
    CAF_CHECK(!none.event);
    CAF_CHECK(none.deliveries.empty());

    inbox::inbox_stats stats;
    CAF_CHECK(eventually([&] { // counted a moment after the store has it
      stats = value(ask<inbox::inbox_stats>(self, box, inbox::get_stats{}));
      return stats.done == 2;
    }));
    CAF_CHECK_EQUAL(stats.stored, 2u);
    CAF_CHECK_EQUAL(stats.duplicates, 1u);
    CAF_CHECK_EQUAL(stats.unrouted, 1u);
    CAF_REQUIRE_EQUAL(stats.lanes.size(), 1u);
    CAF_CHECK_EQUAL(stats.lanes[0].handler_key, "mail");

    auto all
      = value(ask<inbox::store_summary>(self, box, inbox::get_summary{}));
    CAF_REQUIRE_EQUAL(all.routes.size(), 1u);
    CAF_CHECK_EQUAL(all.routes[0].done, 2u);
    CAF_CHECK(all.routes[0].handled_here);
    CAF_REQUIRE_EQUAL(all.unrouted.size(), 1u);
    CAF_CHECK_EQUAL(all.unrouted[0].event_type, "refund");

    CAF_CHECK_EQUAL(value(
                      ask<inbox::drain_report>(self, box, inbox::drain_inbox{}))
                      .abandoned,
                    0u);
  });
}

CAF_TEST(a handler can be taken off and forgotten) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place)};
    caf::scoped_actor self{shop.system()};
    auto& box = shop.actor();
    auto handler = shop.own(
      inbox::spawn_handler(shop.system(), inbox::make_handler_function(
                                            [](const inbox::delivery&) {})));
    inbox::register_handler add{"order", "mail", handler, 1};
    inbox::unregister_handler remove{"order", "mail", false};
    CAF_CHECK(
      !value(ask<inbox::unregistered_handler>(self, box, remove)).removed);
    CAF_CHECK(value(ask<inbox::registered_handler>(self, box, add)).added);
    CAF_CHECK(
      value(ask<inbox::unregistered_handler>(self, box, remove)).removed);
    // Off, but not forgotten: later events wait for it.
    CAF_CHECK_EQUAL(shop.write(make(1)).result, write_result::stored);
    // A claim that was under way already is given back.
    shop.wait_until(1, "mail", status::pending);
    CAF_CHECK(value(ask<inbox::registered_handler>(self, box, add)).added);
    shop.wait_until(1, "mail", status::done);
    remove.forget = true;
    CAF_CHECK(
      value(ask<inbox::unregistered_handler>(self, box, remove)).removed);
    CAF_CHECK_EQUAL(shop.write(make(2)).result, write_result::unrouted);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").status, status::done);
    CAF_CHECK(value(ask<inbox::registered_handler>(self, box, add)).added);
    shop.wait_until(2, "mail", status::done);
  });
}

CAF_TEST(an actor can be application and handler in one) {
  on_each_store([](store_place& place) {
    record<std::string> seen;
    app shop{quick_options(place)};
    shop.own(shop.system().spawn(self_made, shop.actor(), &seen));
    CAF_REQUIRE(seen.wait_for(3));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(seen.all().front(), "registered");
  });
}

CAF_TEST(bad requests are answered with the field and change nothing) {
  on_each_store([](store_place& place) {
    auto options = quick_options(place);
    options.payload_limit = 10;
    app shop{options};
    caf::scoped_actor self{shop.system()};
    auto& box = shop.actor();
    auto field = [&](const inbox::event& x) {
      auto reply = ask<inbox::written_events>(
        self, box, inbox::write_events{{make(1), x}});
      CAF_CHECK(!reply);
      CAF_CHECK_EQUAL(inbox::code_of(reply.error()), errc::invalid);
      return inbox::field_of(reply.error());
    };
    auto bad = make(2);
    bad.id = {};
    CAF_CHECK_EQUAL(field(bad), "events[1].id");
    for (auto& type : {std::string{}, std::string(256, 'x'),
                       std::string{"a\0b", 3}, std::string{"\xC0\x80"}}) {
      bad = make(2);
      bad.type = type;
      CAF_CHECK_EQUAL(field(bad), "events[1].type");
    }
    bad = make(2);
    bad.payload = "eleven byte";
    CAF_CHECK_EQUAL(field(bad), "events[1].payload");
    bad = make(2);
    bad.date = inbox::timestamp::max();
    CAF_CHECK_EQUAL(field(bad), "events[1].date");
    CAF_CHECK(!value(shop->find(nth(1))).event);

    auto refused = [&](inbox::register_handler x) {
      auto reply = ask<inbox::registered_handler>(self, box, std::move(x));
      CAF_CHECK(!reply);
      CAF_CHECK_EQUAL(inbox::code_of(reply.error()), errc::invalid);
      return inbox::field_of(reply.error());
    };
    auto any = caf::actor_cast<caf::actor>(self);
    CAF_CHECK_EQUAL(refused({"", "mail", any, 1}), "event_type");
    CAF_CHECK_EQUAL(refused({"order", "", any, 1}), "handler_key");
    CAF_CHECK_EQUAL(refused({"order", std::string(256, 'k'), any, 1}),
                    "handler_key");
    CAF_CHECK_EQUAL(refused({"order", "mail", {}, 1}), "handler");
    CAF_CHECK_EQUAL(refused({"order", "mail", any, 0}), "concurrency");
    CAF_CHECK(shop.stats().lanes.empty());
  });
}

CAF_TEST(too much at once is refused as busy and not forgotten) {
  auto place = sqlite_place();
  auto options = quick_options(*place);
  options.max_waiting_writes = 100;
  options.write_batch_size = 100;
  app shop{options};
  CAF_CHECK_EQUAL(shop.write(make(1)).result, write_result::unrouted);
  // The store stands still, so that writes pile up.
  place->execute("begin immediate");
  auto blocked = std::async(std::launch::async,
                            [&] { return shop->write(make_many(60)); });
  CAF_REQUIRE(eventually([&] { return shop.stats().writing == 60; }));
  auto refused = shop->write(make_many(60));
  CAF_CHECK_EQUAL(inbox::code_of(refused.error()), errc::busy);
  auto never = shop->write(make_many(101));
  CAF_CHECK_EQUAL(inbox::code_of(never.error()), errc::invalid);
  place->execute("commit");
  CAF_CHECK_EQUAL(value(blocked.get()).size(), 60u);
  CAF_CHECK_EQUAL(shop.write(make_many(60)).size(), 60u);
}
