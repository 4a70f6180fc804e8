#include "certificates.hpp"
#include "far_app.hpp"

#include "../support/log_lines.hpp"

// An inbox that is published with TLS, and who may connect.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

constexpr auto secured = [](uint16_t port) {
  return inbox::endpoint{"127.0.0.1", port, true};
};

inbox::remote_options hasty() {
  auto result = far_app::quick();
  result.request_timeout = 1s;
  return result;
}

/// Tells whether the node is let in at all.
bool can_write(far_app& far, uint32_t n) {
  auto answer = far->write(make(n));
  if (!answer)
    CAF_CHECK_EQUAL(inbox::code_of(answer.error()), errc::connection_lost);
  return static_cast<bool>(answer);
}

} // namespace

CAF_TEST(nodes with certificates of one authority work together) {
  certificates own;
  on_each_store([&](store_place& place) {
    app shop{quick_options(place), {}, own.node()};
    auto published = publish(shop, secured(0));
    far_app far{published.where, far_app::quick(), own.node()};
    std::string big(1024 * 1024, 'x');
    record<size_t> sizes;
    auto handler = far.spawn_handler([&](const inbox::handle_event& x) {
      sizes.add(x.event.payload.view().size());
      return inbox::done();
    });
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    value(far->write({make(1, "order", big), make(2)}));
    CAF_REQUIRE(sizes.wait_for(2));
    CAF_CHECK_EQUAL(sizes.all()[0], big.size());
    shop.wait_until_finished();
  });
}

CAF_TEST(who has no certificate of the authority is refused) {
  certificates own;
  certificates others;
  on_each_store([&](store_place& place) {
    app shop{quick_options(place), {}, own.node()};
    auto published = publish(shop, secured(0));
    // A certificate of another authority, and none at all.
    far_app stranger{published.where, hasty(), own.stranger(others)};
    CAF_CHECK(!can_write(stranger, 1));
    far_app plain{{"127.0.0.1", published.where.port, false}, hasty()};
    CAF_CHECK(!can_write(plain, 2));
    // Nor does a node let itself in with the wrong inbox.
    far_app other{published.where, hasty(), others.node()};
    CAF_CHECK(!can_write(other, 3));
    far_app good{published.where, far_app::quick(), own.node()};
    CAF_CHECK(can_write(good, 4));
    for (uint32_t n = 1; n <= 3; ++n)
      CAF_CHECK(!value(shop->find(nth(n))).event);
  });
}

CAF_TEST(connections that fail leave those of others alone) {
  certificates own;
  certificates others;
  on_each_store([&](store_place& place) {
    app shop{quick_options(place), {}, own.node()};
    auto published = publish(shop, secured(0));
    inbox::test::log_lines log;
    auto config = far_app::quick();
    config.logger = log.logger;
    {
      far_app good{published.where, config, own.node()};
      CAF_CHECK(can_write(good, 1));
      auto briefly = far_app::quick();
      briefly.request_timeout = 20ms;
      for (uint32_t n = 2; n < 22; n += 2) {
        far_app stranger{published.where, briefly, own.stranger(others)};
        CAF_CHECK(!can_write(stranger, n));
        far_app leaves{published.where, far_app::quick(), own.node()};
        CAF_CHECK(can_write(leaves, n + 1));
      }
      CAF_CHECK(can_write(good, 22));
    }
    CAF_CHECK_EQUAL(log.count("inbox_out_of_reach"), 0u);
  });
}

CAF_TEST(what would open the inbox to others is refused) {
  certificates own;
  certificates others;
  auto refused = [](const inbox::endpoint& where, const loader& load) {
    auto store = memory_place();
    app shop{quick_options(*store), {}, load};
    auto published = inbox::publish(shop.system(), shop.actor(), where);
    CAF_REQUIRE(!published);
    CAF_CHECK_EQUAL(inbox::code_of(published.error()), errc::invalid);
    return inbox::field_of(published.error());
  };
  auto set = [&](const char* name, const std::string& value) {
    return [&, name, value](caf::actor_system_config& config) {
      own.node()(config);
      config.set(name, value);
    };
  };
  CAF_CHECK_EQUAL(refused({"0.0.0.0", 0, false}, own.node()), "endpoint.tls");
  CAF_CHECK_EQUAL(refused({}, {}), "caf.middleman");
  CAF_CHECK_EQUAL(refused(secured(0), &inbox::load_network),
                  "caf.openssl.certificate");
  CAF_CHECK_EQUAL(refused(secured(0),
                          set("caf.openssl.certificate", own.path("nothing"))),
                  "caf.openssl.certificate");
  CAF_CHECK_EQUAL(refused(secured(0),
                          set("caf.openssl.key", others.path("node.key"))),
                  "caf.openssl.key");
  CAF_CHECK_EQUAL(refused(secured(0),
                          set("caf.openssl.cafile", own.path("log"))),
                  "caf.openssl.cafile");
  CAF_CHECK_EQUAL(refused(secured(0), set("caf.openssl.cafile", "")),
                  "caf.openssl.cafile");
}
