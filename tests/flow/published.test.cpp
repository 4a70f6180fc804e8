#include "far_app.hpp"

#include <caf/io/middleman.hpp>

// An inbox that is published, and applications on other nodes that use it.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

/// An application that lets others use its inbox.
class public_app : public app {
public:
  explicit public_app(const store_place& place)
    : app{quick_options(place), {}, &inbox::load_network},
      published{publish(*this)} {
    // nop
  }

  inbox::published_inbox published;
};

} // namespace

CAF_TEST(another node writes and asks) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    auto receipts = value(far->write({make(1), make(2)}));
    CAF_REQUIRE_EQUAL(receipts.size(), 2u);
    CAF_CHECK_EQUAL(receipts[0].result, inbox::write_result::unrouted);
    auto again = value(far->write(make(1)));
    CAF_CHECK_EQUAL(again.result, inbox::write_result::duplicate);
    auto found = value(far->find(nth(1)));
    CAF_REQUIRE(found.event);
    CAF_CHECK_EQUAL(found.event->payload.view(), "content");
    CAF_CHECK_EQUAL(value(far->summary()).unrouted.size(), 1u);
    CAF_CHECK_EQUAL(value(far->stats()).unrouted, 2u);
    // Input is checked where it arrives.
    auto bad = make(3);
    bad.id = {};
    auto refused = far->write(bad);
    CAF_REQUIRE(!refused);
    CAF_CHECK_EQUAL(inbox::code_of(refused.error()), errc::invalid);
    CAF_CHECK_EQUAL(inbox::field_of(refused.error()), "events[0].id");
  });
}

CAF_TEST(another node handles) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    record<uint32_t> attempts;
    auto handler = far.spawn_handler([&](const inbox::handle_event& x) {
      attempts.add(x.attempt);
      return x.attempt == 1 ? inbox::failed("no ink here") : inbox::done();
    });
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    CAF_CHECK_EQUAL(shop.write(make(1)).handlers, 1u);
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 2u);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").message, "no ink here");
    CAF_CHECK_EQUAL(attempts.size(), 2u);
    CAF_CHECK(value(far->off({"order", "mail"})));
    CAF_CHECK(!value(far->off({"order", "mail"})));
    CAF_CHECK(shop.stats().lanes.empty());
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    CAF_CHECK_EQUAL(shop.stats().lanes.size(), 1u);
  });
}

CAF_TEST(a handler that ends is taken off its key) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    auto handler = far.spawn_handler(
      [](const inbox::handle_event&) { return inbox::done(); });
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    caf::anon_send_exit(handler, caf::exit_reason::kill);
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
  });
}

CAF_TEST(several nodes share a key until one of them leaves) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app a{shop.published.where};
    record<std::string> who;
    auto note = [&who](std::string name) {
      return [&who, name](const inbox::handle_event&) {
        who.add(name);
        return inbox::done();
      };
    };
    CAF_CHECK(
      value(a->on({"order", "mail", a.spawn_handler(note("a")), 1, true})));
    {
      far_app b{shop.published.where};
      CAF_CHECK(
        value(b->on({"order", "mail", b.spawn_handler(note("b")), 1, true})));
      CAF_CHECK_EQUAL(shop.stats().lanes.at(0).handlers, 2u);
      auto other = b.spawn_handler(note("c"));
      CAF_CHECK(!value(b->on({"order", "mail", other}))); // not shared
    }
    CAF_CHECK_EQUAL(shop.stats().lanes.at(0).handlers, 1u);
    shop.write(make_many(10));
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(who.size(), 10u);
    for (auto& x : who.all())
      CAF_CHECK_EQUAL(x, "a");
  });
}

CAF_TEST(what is large crosses the wire) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    std::string big(1024 * 1024, 'x');
    record<size_t> sizes;
    auto handler = far.spawn_handler([&](const inbox::handle_event& x) {
      sizes.add(x.event.payload.view().size());
      return inbox::done();
    });
    CAF_CHECK(value(far->on({"order", "mail", handler, 4})));
    std::vector<inbox::event> events;
    for (uint32_t n = 1; n <= 8; ++n)
      events.push_back(make(n, "order", big));
    value(far->write(events));
    CAF_REQUIRE(sizes.wait_for(8));
    shop.wait_until_finished();
    for (auto size : sizes.all())
      CAF_CHECK_EQUAL(size, big.size());
  });
}

CAF_TEST(what is for the node of the inbox is refused) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    auto gate = value(far.system().middleman().remote_actor<inbox::inbox_actor>(
      "127.0.0.1", shop.published.where.port));
    inbox::client direct{far.system(), gate, patience};
    auto drained = direct.drain();
    CAF_REQUIRE(!drained);
    CAF_CHECK_EQUAL(inbox::field_of(drained.error()), "drain_inbox");
    auto forgotten = far->off({"order", "mail", true});
    CAF_REQUIRE(!forgotten);
    CAF_CHECK_EQUAL(inbox::field_of(forgotten.error()), "forget");
    auto handler = far.spawn_handler(
      [](const inbox::handle_event&) { return inbox::done(); });
    forgotten = direct.off({"order", "mail", true, handler});
    CAF_REQUIRE(!forgotten);
    CAF_CHECK_EQUAL(inbox::field_of(forgotten.error()), "forget");
    // An actor of the inbox's own node, or of nobody.
    for (auto& who : {caf::actor_cast<caf::actor>(gate), caf::actor{}}) {
      auto added = direct.on({"order", "mail", who});
      CAF_REQUIRE(!added);
      CAF_CHECK_EQUAL(inbox::field_of(added.error()), "handler");
    }
    CAF_CHECK_EQUAL(shop.write(make(1)).handlers, 0u);
  });
}

CAF_TEST(a node that means harm ends neither the inbox nor the publication) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    record<inbox::uuid> got;
    auto handler = far.spawn_noting_handler(got);
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    auto gate = value(far.system().middleman().remote_actor<inbox::inbox_actor>(
      "127.0.0.1", shop.published.where.port));
    for (auto reason :
         {caf::exit_reason::user_shutdown, caf::exit_reason::kill})
      caf::anon_send_exit(gate, reason);
    // The gate is gone, and there is another one at the same port.
    CAF_REQUIRE(eventually([&] {
      auto next = far.system().middleman().remote_actor<inbox::inbox_actor>(
        "127.0.0.1", shop.published.where.port);
      return next && *next != gate;
    }));
    value(far->write(make(1)));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(got.size(), 1u);
  });
}

CAF_TEST(a port that is taken stays with whom it is) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    auto again = inbox::publish(shop.system(), shop.actor(),
                                shop.published.where);
    CAF_CHECK(!again);
    far_app far{shop.published.where};
    value(far->write(make(1)));
    CAF_CHECK(value(shop->find(nth(1))).event);
  });
}

CAF_TEST(one that the inbox takes off comes back by itself) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where};
    record<inbox::uuid> got;
    auto handler = far.spawn_noting_handler(got);
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    CAF_CHECK(value(shop->off({"order", "mail"})));
    shop.write(make(1));
    CAF_CHECK(got.wait_for(1));
  });
}

CAF_TEST(an inbox that drains is published no longer) {
  on_each_store([](store_place& place) {
    public_app shop{place};
    far_app far{shop.published.where, [] {
                  auto config = far_app::quick();
                  config.request_timeout = 2s;
                  return config;
                }()};
    value(far->write(make(1)));
    shop.drain();
    CAF_CHECK(eventually([&] {
      auto answer = far->write(make(2));
      return !answer && inbox::code_of(answer.error()) == errc::connection_lost;
    }));
  });
}
