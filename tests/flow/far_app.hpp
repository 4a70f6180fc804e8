#pragma once

#include "app.hpp"
#include "waiting.hpp"

#include <inbox/nodes.hpp>

#include <caf/event_based_actor.hpp>

namespace flow {

/// An application without a store, which uses the inbox of another node. It has
/// an actor system of its own, and so it is another node to CAF.
class far_app : public application {
public:
  explicit far_app(const inbox::endpoint& where,
                   inbox::remote_options config = quick(),
                   const loader& load = {});

  /// Options with short pauses.
  static inbox::remote_options quick();

  /// Spawns a handler that calls `f` with each request.
  template <class F>
  caf::actor spawn_handler(F f) {
    return own(system().spawn([f] {
      return caf::behavior{
        [f](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
          return f(x);
        }};
    }));
  }

  /// Spawns a handler that notes the ids of its events and is done.
  caf::actor spawn_noting_handler(record<inbox::uuid>& got);
};

/// Publishes the inbox of an application, which needs to have a network.
[[nodiscard]] inbox::published_inbox publish(app& shop,
                                             inbox::endpoint where = {});

} // namespace flow
