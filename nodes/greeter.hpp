#pragma once

#include "interfaces.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <map>

namespace inbox {

/// Links other inboxes on the same store to a published one.
///
/// Receives: `greet_peer` from the gate, `handler_down` when a line has ended,
/// `end_duty`. Sends: `get_owner` to the inbox, `greet_peer` to a new line for
/// each. On failure of the inbox: whoever asks is told.
class greeter_state {
public:
  static inline const char* name = "inbox.greeter";

  /// Takes `most` peers at a time.
  greeter_state(greeter_actor::pointer self, peering_actor inbox, size_t most);

  greeter_actor::behavior_type make_behavior();

private:
  caf::result<greet_peer> greet(const greet_peer& x);

  caf::expected<greet_peer> link(const greet_peer& x, const uuid& own);

  void end();

  greeter_actor::pointer self_;
  peering_actor inbox_;
  size_t most_;
  std::map<caf::actor_addr, peer_line_actor> lines_;
  bool ending_ = false;
};

using greeter_impl = caf::stateful_actor<greeter_state, greeter_actor::impl>;

} // namespace inbox
