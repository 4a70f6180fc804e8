#include "app.hpp"
#include "child_process.hpp"
#include "far_app.hpp"

#include "../support/relay.hpp"

#include <inbox/nodes.hpp>

#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <memory>

// What an inbox does with the work of another one that is gone.

using namespace flow;
using clock_type = std::chrono::steady_clock;

namespace {

std::string line_of(uint32_t n, int attempt) {
  return to_string(nth(n)) + ' ' + std::to_string(attempt);
}

/// Two inboxes on one PostgreSQL that are linked: one here, which handles
/// nothing at first, and one in a process of its own with a handler. Neither
/// polling nor the end of a lease comes to the aid of what should happen at
/// once.
class neighbours {
public:
  explicit neighbours(store_place& place)
    : here{slow_options(place), {}, &inbox::load_network},
      published{publish(here)},
      network{published.where.port} {
    network.set(relay::mode::pass);
    there = std::make_unique<child_process>(
      "join_peer", place, std::vector{std::to_string(network.port())});
    CAF_REQUIRE_EQUAL(there->read_line(), "joined");
    CAF_REQUIRE(are_linked());
  }

  [[nodiscard]] bool are_linked() {
    return eventually([this] {
      auto stats = here.stats();
      return stats.present && stats.peers_present == 1;
    });
  }

  void add_handler() {
    auto handler = here.own(here.system().spawn([this] {
      return caf::behavior{[this](const inbox::handle_event& x) {
        got.add(x.event.id);
        return inbox::done();
      }};
    }));
    CAF_CHECK(value(here->on({"order", "mail", handler})));
  }

  record<inbox::uuid> got;
  app here;
  inbox::published_inbox published;
  /// Between the two.
  relay network;
  std::unique_ptr<child_process> there;
};

} // namespace

CAF_TEST(the work of a killed process goes on elsewhere within two seconds) {
  on_postgres([](store_place& place) {
    // A busy machine may be late, but not each time.
    auto best = clock_type::duration::max();
    for (uint32_t n = 1; best > 2s && n <= 3; ++n) {
      neighbours both{place};
      both.here.write(make(n, "order", "hang"));
      CAF_CHECK_EQUAL(both.there->read_line(), line_of(n, 1));
      both.add_handler();
      auto begin = clock_type::now();
      both.there->kill();
      CAF_REQUIRE(both.got.wait_for(1));
      best = std::min(best, clock_type::now() - begin);
      both.here.wait_until(n, "mail", inbox::status::done);
      CAF_CHECK_EQUAL(both.here.delivery(n, "mail").attempts, 2u);
    }
    CAF_MESSAGE("handed over within " << caf::timespan{best});
    CAF_CHECK(best < 2s);
  });
}

CAF_TEST(what a process gives back when it ends goes on at once) {
  on_postgres([](store_place& place) {
    neighbours both{place};
    both.here.write(make(1, "order", "hang"));
    CAF_CHECK_EQUAL(both.there->read_line(), line_of(1, 1));
    both.add_handler();
    auto begin = clock_type::now();
    both.there->write_line("end");
    CAF_REQUIRE(both.got.wait_for(1));
    CAF_CHECK(clock_type::now() - begin < 10s);
    both.here.wait_until(1, "mail", inbox::status::done);
    CAF_CHECK_EQUAL(both.here.delivery(1, "mail").attempts, 1u);
  });
}

CAF_TEST(a process that is only out of reach keeps its work) {
  on_postgres([](store_place& place) {
    neighbours both{place};
    both.here.write(make(1, "order", "hang"));
    CAF_CHECK_EQUAL(both.there->read_line(), line_of(1, 1));
    both.add_handler();
    // To CAF the node is gone. The store says that it is not.
    auto begin = clock_type::now();
    both.network.set(relay::mode::refuse);
    CAF_REQUIRE(eventually([&] { return both.here.stats().peers == 0; }));
    CAF_REQUIRE(eventually([&] { return clock_type::now() - begin > 3s; }));
    both.network.set(relay::mode::pass);
    CAF_REQUIRE(both.are_linked());
    both.here.write(make(2)); // goes to whoever is free
    CAF_REQUIRE(both.got.wait_for(1));
    CAF_CHECK(both.got.all().at(0) == nth(2));
    CAF_CHECK_EQUAL(both.here.delivery(1, "mail").attempts, 1u);
    CAF_CHECK(both.here.delivery(1, "mail").status
              == inbox::status::in_progress);
  });
}
