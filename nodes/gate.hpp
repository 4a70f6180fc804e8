#pragma once

#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace inbox {

/// What other nodes reach in place of the inbox: it asks in its own name, so
/// that they never learn of an actor behind it.
///
/// Receives: what an inbox does, and `greet_peer`. Sends: writes and questions
/// to the inbox, handlers to the registrar and peers to the greeter, if they
/// live on the node that names them. Not for others: `drain_inbox`, and an end
/// to the fan-out. On failure: whoever asks is told; what it does not know is
/// dropped. One call to end can be neither caught nor refused, so its publisher
/// sees to a new one.
class gate_state {
public:
  static inline const char* name = "inbox.gate";

  gate_state(gate_actor::pointer self, inbox_actor inbox,
             registering_actor registrar, greeting_actor greeter);

  gate_actor::behavior_type make_behavior();

private:
  /// Returns an error that names the field unless `who` lives on the node of
  /// the sender.
  [[nodiscard]] caf::error check_home(const char* field,
                                      const caf::actor& who) const;

  gate_actor::pointer self_;
  inbox_actor inbox_;
  registering_actor registrar_;
  greeting_actor greeter_;
};

using gate_impl = caf::stateful_actor<gate_state, gate_actor::impl>;

} // namespace inbox
