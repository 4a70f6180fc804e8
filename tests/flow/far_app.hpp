#pragma once

#include "app.hpp"
#include "waiting.hpp"

#include <inbox/nodes.hpp>

#include <caf/event_based_actor.hpp>

#include <memory>
#include <string>

namespace flow {

/// An application without a store, which uses the inbox of another node. It has
/// an actor system of its own, and so it is another node to CAF.
class far_app {
public:
  explicit far_app(const inbox::endpoint& where,
                   inbox::remote_options config = quick(),
                   const loader& load = {});

  /// Ends what it has of the inbox.
  ~far_app();

  far_app(const far_app&) = delete;
  far_app& operator=(const far_app&) = delete;

  inbox::client* operator->() {
    return &box_;
  }

  [[nodiscard]] caf::actor_system& system() {
    return *sys_;
  }

  [[nodiscard]] const inbox::inbox_actor& actor() const {
    return actor_;
  }

  /// Options with short pauses.
  static inbox::remote_options quick();

  /// Spawns a handler that calls `f` with each request.
  template <class F>
  caf::actor spawn_handler(F f) {
    return own(sys_->spawn([f] {
      return caf::behavior{
        [f](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
          return f(x);
        }};
    }));
  }

  caf::actor own(caf::actor x) {
    return owned_.emplace_back(std::move(x));
  }

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> sys_;
  inbox::inbox_actor actor_;
  inbox::client box_;
  std::vector<caf::actor> owned_;
};

/// Publishes the inbox of an application, which needs to have a network.
[[nodiscard]] inbox::published_inbox publish(app& shop,
                                             inbox::endpoint where = {});

} // namespace flow
