#pragma once

#include "interfaces.hpp"
#include "registry.hpp"

#include "../messages/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

namespace inbox {

/// Starts an inbox: validates the options, opens the store once to bring its
/// tables up to date, and spawns the actors. Blocks for that, for
/// `store.connect_timeout` and `store.deadline` at most.
///
/// Fails with `errc::invalid` for bad options, and with what the store says for
/// a wrong URL, a refused password or tables newer than this code. A store that
/// is out of reach is no failure: the inbox starts, reports it, and goes on
/// trying.
///
/// The inbox lives until `drain_inbox` (or an exit message, which leaves leases
/// to expire); the actor system waits for it when it is destroyed.
[[nodiscard]] caf::expected<inbox_actor>
spawn_inbox(caf::actor_system& sys, options config, registry handlers = {});

} // namespace inbox
