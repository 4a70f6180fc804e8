#include "app.hpp"
#include "child_process.hpp"

#include <inbox/nodes.hpp>

#include <caf/io/middleman.hpp>

// Handlers that live on another node.

using namespace flow;
using inbox::status;

namespace {

/// A process with a handler that can be reached over the network.
struct node {
  explicit node(const store_place& place)
    : process{"remote_handler", place},
      port{static_cast<uint16_t>(std::stoul(process.read_line()))} {
    // nop
  }

  child_process process;
  uint16_t port;
};

/// An application that can reach other nodes.
class networked_app : public app {
public:
  explicit networked_app(const store_place& place)
    : networked_app{options(place)} {
    // nop
  }

  explicit networked_app(inbox::options options)
    : app{std::move(options), {}, &inbox::load_network} {
    // nop
  }

  bool add(const node& far, bool shared = false) {
    auto handler
      = value(system().middleman().remote_actor("127.0.0.1", far.port));
    return value((*this)->on({"order", "mail", handler, 1, shared}));
  }

private:
  static inbox::options options(const store_place& place) {
    auto result = quick_options(place);
    result.handler_timeout = 1s;
    return result;
  }
};

} // namespace

CAF_TEST(a handler on another node gets its events and is retried) {
  on_each_store([](store_place& place) {
    node far{place};
    networked_app shop{place};
    CAF_CHECK(shop.add(far));
    CAF_CHECK_EQUAL(shop.write(make(1, "order", "done")).handlers, 1u);
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(far.process.read_line(), request_line(1, "done", 1));
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 1u);
    auto reasons = {std::pair{"fail", "no ink here"},
                    std::pair{"refuse", "is in use"}};
    uint32_t n = 1;
    for (auto& [what, reason] : reasons) {
      shop.write(make(++n, "order", what));
      shop.wait_until(n, "mail", status::done);
      CAF_CHECK_EQUAL(far.process.read_line(), request_line(n, what, 1));
      CAF_CHECK_EQUAL(far.process.read_line(), request_line(n, what, 2));
      auto found = shop.delivery(n, "mail");
      CAF_CHECK_EQUAL(found.attempts, 2u);
      CAF_CHECK(found.message.find(reason) != std::string::npos);
    }
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.done, 3u);
    CAF_CHECK_EQUAL(stats.failed, 2u);
    CAF_CHECK_EQUAL(stats.errors, 0u);
  });
}

CAF_TEST(the work of a node that is gone stays until there is another) {
  on_each_store([](store_place& place) {
    networked_app shop{place};
    {
      node far{place};
      CAF_CHECK(shop.add(far));
      shop.write(make(1, "order", "done"));
      shop.wait_until(1, "mail", status::done);
      far.process.kill();
    }
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
    CAF_CHECK(!shop.summary("order", "mail").handled_here);
    // The key is known still, so the event waits for it and costs nothing.
    CAF_CHECK_EQUAL(shop.write(make(2, "order", "done")).handlers, 1u);
    CAF_CHECK_EQUAL(shop.delivery(2, "mail").status, status::pending);
    node next{place};
    CAF_CHECK(shop.add(next));
    shop.wait_until(2, "mail", status::done);
    CAF_CHECK_EQUAL(next.process.read_line(), request_line(2, "done", 1));
    CAF_CHECK_EQUAL(shop.delivery(2, "mail").attempts, 1u);
  });
}

CAF_TEST(a node that goes in the midst of an attempt fails it) {
  on_each_store([](store_place& place) {
    networked_app shop{place};
    {
      node far{place};
      CAF_CHECK(shop.add(far));
      shop.write(make(1, "order", "hang"));
      CAF_CHECK_EQUAL(far.process.read_line(), request_line(1, "hang", 1));
      far.process.kill();
    }
    shop.wait_until(1, "mail", status::failed);
    CAF_CHECK(!shop.delivery(1, "mail").message.empty());
    CAF_REQUIRE(eventually([&] { return shop.stats().lanes.empty(); }));
    CAF_CHECK(!shop.summary("order", "mail").handled_here);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").status, status::failed);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 1u);
    // Another node may do what this one could not.
    node next{place};
    CAF_CHECK(shop.add(next));
    CAF_CHECK_EQUAL(next.process.read_line(), request_line(1, "hang", 2));
  });
}

CAF_TEST(what a lost node had goes at once to one that shares its key) {
  on_each_store([](store_place& place) {
    networked_app shop{slow_options(place)};
    node lost{place};
    node other{place};
    CAF_CHECK(shop.add(lost, true));
    CAF_CHECK(shop.add(other, true));
    CAF_CHECK(!shop.add(other));
    CAF_CHECK_EQUAL(shop.write(make(1, "order", "hang")).handlers, 1u);
    CAF_CHECK_EQUAL(lost.process.read_line(), request_line(1, "hang", 1));
    auto start = std::chrono::steady_clock::now();
    lost.process.kill();
    CAF_CHECK_EQUAL(other.process.read_line(), request_line(1, "hang", 2));
    CAF_CHECK_LESS(std::chrono::steady_clock::now() - start, 2s);
    CAF_REQUIRE_EQUAL(shop.stats().lanes.size(), 1u);
    CAF_CHECK_EQUAL(shop.stats().lanes[0].handlers, 1u);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").status, status::in_progress);
  });
}
