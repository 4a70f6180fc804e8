#pragma once

#include "store_place.hpp"
#include "waiting.hpp"

#include <inbox/inbox.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flow {

using namespace std::chrono_literals;

/// Options with which a test ends soon: short pauses, few attempts.
[[nodiscard]] inbox::options quick_options(const store_place& where);

/// Returns options with which neither polling nor a deadline nor the backoff
/// comes to the aid of what should happen at once.
[[nodiscard]] inbox::options slow_options(const store_place& where);

/// Returns a logger for what fails on purpose, which should not look like
/// trouble in the output. Null, for the default, where INBOX_TEST_LOG is set.
[[nodiscard]] std::shared_ptr<spdlog::logger> quiet_logger();

/// Returns the id that the tests give to their nth event, from 1.
[[nodiscard]] inbox::uuid nth(uint32_t n);

[[nodiscard]] inbox::event make(uint32_t n, std::string type = "order",
                                inbox::payload content = "content");

/// Returns `count` events of one type, beginning with the first.
[[nodiscard]] std::vector<inbox::event>
make_many(uint32_t count, const std::string& type = "order");

/// Returns what `x` holds, or fails the test with its error.
template <class T>
T value(caf::expected<T> x) {
  if (!x)
    CAF_FAIL(inbox::describe(x.error()));
  return std::move(*x);
}

/// Registers a handler in a registry, or fails the test.
template <class F>
void on(inbox::registry& handlers, const std::string& type,
        const std::string& key, F f, inbox::handler_options options = {}) {
  if (auto err = handlers.on(type, key, std::move(f), options))
    CAF_FAIL(inbox::describe(err));
}

/// Changes the configuration of an actor system.
using loader = std::function<void(caf::actor_system_config&)>;

/// An actor system with an inbox, or what stands for one: what a program has
/// around its handlers.
class application {
public:
  application(const application&) = delete;
  application& operator=(const application&) = delete;

  inbox::client* operator->() {
    return &box_;
  }

  [[nodiscard]] caf::actor_system& system() {
    return *sys_;
  }

  [[nodiscard]] const inbox::inbox_actor& actor() const {
    return actor_;
  }

  /// Takes care that an actor of the test ends with this application.
  template <class Handle>
  caf::actor own(const Handle& x) {
    return owned_.emplace_back(caf::actor_cast<caf::actor>(x));
  }

protected:
  using spawner = std::function<inbox::inbox_actor(caf::actor_system&)>;

  /// Lets `load`, if there is one, change the configuration of CAF first.
  application(const loader& load, const spawner& spawn, caf::timespan timeout);

  /// Stops the inbox, unless that was done.
  ~application();

  inbox::client& box() {
    return box_;
  }

  bool drained_ = false;

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> sys_;
  inbox::inbox_actor actor_;
  inbox::client box_;
  std::vector<caf::actor> owned_;
};

/// An application with one inbox.
class app : public application {
public:
  /// Lets `load`, if there is one, change the configuration of CAF first.
  explicit app(const inbox::options& config, inbox::registry handlers = {},
               const loader& load = {});

  /// Writes one event and returns its receipt, or fails the test.
  inbox::receipt write(inbox::event x);

  std::vector<inbox::receipt> write(std::vector<inbox::event> xs);

  /// Returns how a delivery stands; fails the test if there is none.
  [[nodiscard]] inbox::delivery_info delivery(uint32_t n,
                                              const std::string& key);

  /// Waits until a delivery has a status, or fails the test.
  void wait_until(uint32_t n, const std::string& key, inbox::status wanted);

  /// Waits until the store knows all handlers that were given at the start, so
  /// that a write finds them.
  void wait_until_ready(size_t handlers);

  /// Waits until no delivery is unfinished, or fails the test.
  void wait_until_finished();

  [[nodiscard]] inbox::inbox_stats stats();

  /// Waits until the inbox has nothing in its hands, and returns what it did
  /// until then. The store may say that all is done before the inbox has heard
  /// of that commit and counted it: `stats()` is too early then.
  [[nodiscard]] inbox::inbox_stats final_stats();

  /// Sums up how the deliveries of one handler key stand.
  [[nodiscard]] inbox::route_summary summary(const std::string& type,
                                             const std::string& key);

  inbox::drain_report drain();
};

} // namespace flow
