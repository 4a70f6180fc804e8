#pragma once

#include "setting.hpp"
#include "system_config.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace bench {

/// An application with one inbox and handlers that do nothing but count.
class shop {
public:
  /// Calls `on_event` at the start of each attempt, if there is one.
  explicit shop(const setting& how,
                std::function<void(const inbox::event&)> on_event = {});

  ~shop();

  shop(const shop&) = delete;
  shop& operator=(const shop&) = delete;

  const inbox::client* operator->() const {
    return &*box_;
  }

  /// Waits until the handlers are known to the store.
  void wait_until_ready();

  /// Waits until so many deliveries are done, or until none has been for as
  /// long as the setting says. Returns when the last one was, and how many
  /// there were.
  struct end {
    std::chrono::steady_clock::time_point at;
    uint64_t done = 0;
  };

  [[nodiscard]] end wait_until_done(uint64_t count);

  /// Returns how often handlers were called.
  [[nodiscard]] uint64_t calls() const {
    return calls_;
  }

private:
  void note(const inbox::event& x) {
    ++calls_;
    if (on_event_)
      on_event_(x);
  }

  std::function<void(const inbox::event&)> on_event_;
  std::atomic<uint64_t> calls_{0};
  uint64_t keys_;
  std::chrono::duration<double> patience_;
  system_config config_;
  std::unique_ptr<caf::actor_system> sys_;
  inbox::inbox_actor actor_;
  std::unique_ptr<inbox::client> box_;
  std::vector<caf::actor> handlers_;
};

} // namespace bench
