#include "child_process.hpp"
#include "far_app.hpp"

#include <csignal>
#include <set>

// What a published inbox and its users do when they lose each other.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

/// The node of an inbox, in a process of its own.
struct inbox_node {
  explicit inbox_node(const store_place& place, uint16_t at = 0)
    : process{"publish_inbox", place, {std::to_string(at)}},
      port{static_cast<uint16_t>(std::stoul(process.read_line()))} {
    // nop
  }

  [[nodiscard]] inbox::endpoint where() const {
    return {"127.0.0.1", port, false};
  }

  child_process process;
  uint16_t port;
};

/// A node with a handler for "order" and "mail", in a process of its own.
struct handler_node {
  handler_node(const store_place& place, uint16_t port)
    : process{"remote_handler", place, {std::to_string(port)}} {
    CAF_REQUIRE_EQUAL(process.read_line(), "joined");
  }

  child_process process;
};

} // namespace

CAF_TEST(users of an inbox go on when its node is there again) {
  on_each_store([](store_place& place) {
    if (place.kind() == std::string{"memory"})
      return; // gone with its process
    record<inbox::uuid> got;
    std::unique_ptr<far_app> far;
    uint16_t port = 0;
    {
      inbox_node node{place};
      port = node.port;
      auto config = far_app::quick();
      config.request_timeout = 3s;
      far = std::make_unique<far_app>(node.where(), config);
      auto handler = far->spawn_noting_handler(got);
      CAF_CHECK(value((*far)->on({"order", "mail", handler})));
      CAF_CHECK_EQUAL(value((*far)->write(make(1))).handlers, 1u);
      CAF_REQUIRE(got.wait_for(1));
      node.process.kill();
      CAF_REQUIRE(eventually([&] {
        auto refused = (*far)->write(make(2));
        return !refused
               && inbox::code_of(refused.error()) == errc::connection_lost;
      }));
    }
    inbox_node again{place, port};
    CAF_CHECK(eventually([&] {
      auto found = (*far)->write(make(2));
      return static_cast<bool>(found); // stored now, or before
    }));
    CAF_CHECK(eventually([&] {
      auto all = got.all();
      return std::find(all.begin(), all.end(), nth(2)) != all.end();
    }));
  });
}

CAF_TEST(what a lost node had goes at once to one that shares its key) {
  on_each_store([](store_place& place) {
    app shop{slow_options(place), {}, &inbox::load_network};
    auto published = publish(shop);
    handler_node lost{place, published.where.port};
    handler_node other{place, published.where.port};
    CAF_CHECK_EQUAL(shop.stats().lanes.at(0).handlers, 2u);
    shop.write(make(1, "order", "hang"));
    CAF_CHECK_EQUAL(lost.process.read_line(), request_line(1, "hang", 1));
    auto start = std::chrono::steady_clock::now();
    lost.process.kill();
    CAF_CHECK_EQUAL(other.process.read_line(), request_line(1, "hang", 2));
    CAF_CHECK_LESS(std::chrono::steady_clock::now() - start, 2s);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").status, status::in_progress);
    CAF_CHECK(
      eventually([&] { return shop.stats().lanes.at(0).handlers == 1; }));
  });
}

CAF_TEST(the key of a lost node has no handler here) {
  on_each_store([](store_place& place) {
    app shop{slow_options(place), {}, &inbox::load_network};
    auto published = publish(shop);
    {
      handler_node lost{place, published.where.port};
      CAF_CHECK(shop.summary("order", "mail").handled_here);
      lost.process.kill();
    }
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
    CAF_CHECK(!shop.summary("order", "mail").handled_here);
    CAF_CHECK_EQUAL(shop.write(make(1, "order", "done")).handlers, 1u);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 0u);
    // One that joins gets work at once.
    child_process next{"remote_handler",
                       place,
                       {std::to_string(published.where.port)}};
    // It may be at work before it can say that it has joined.
    std::set<std::string> said{next.read_line()};
    auto start = std::chrono::steady_clock::now();
    said.insert(next.read_line());
    CAF_CHECK_LESS(std::chrono::steady_clock::now() - start, 1s);
    CAF_CHECK(said
              == (std::set<std::string>{"joined", request_line(1, "done", 1)}));
    shop.wait_until(1, "mail", status::done);
  });
}
