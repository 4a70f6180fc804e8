#pragma once

#include "endpoint.hpp"
#include "interfaces.hpp"

#include "../actors/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>

namespace inbox {

struct publish_options {
  /// Most handlers on other nodes at a time, over all keys; one more is refused
  /// with `errc::busy`.
  size_t max_handlers = 1000;
  /// Most links to other inboxes at a time, likewise.
  size_t max_peers = 100;
  /// As in the options of the inbox.
  logger_ptr logger;
};

/// An inbox that other nodes can reach, until it ends.
struct published_inbox {
  /// Where: the port is set.
  endpoint where;
  publisher_actor publisher;

  /// Takes up no further connections, and takes the handlers of other nodes off
  /// the inbox once what they run has ended.
  void close() const;
};

/// Lets other nodes write to an inbox, ask it, and register handlers, see
/// `spawn_remote_inbox`. Blocks until the port is open. What they may not do:
/// drain it, end a fan-out, or register actors of other nodes than their own.
///
/// Fails with `errc::invalid` for a bad endpoint (see `check`), and with what
/// CAF says if the port cannot be opened.
///
/// Whoever can connect may do all this: without TLS that is every process on
/// this machine, with TLS whoever has a certificate that the configuration
/// trusts. CAF does not compare a certificate with a host name, and its
/// protocol is not made for peers that mean harm: docs/nodes.md says what is
/// left.
[[nodiscard]] caf::expected<published_inbox>
publish(caf::actor_system& sys, const inbox_actor& inbox,
        const endpoint& where = {}, const publish_options& config = {});

} // namespace inbox
