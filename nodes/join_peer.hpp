#pragma once

#include "endpoint.hpp"
#include "interfaces.hpp"

#include "../actors/log.hpp"
#include "../messages/backoff.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

namespace inbox {

struct peer_options {
  /// Between tries to connect.
  backoff reconnect{std::chrono::milliseconds{100}, std::chrono::seconds{5}, 2};
  /// As in the options of an inbox.
  logger_ptr logger;
};

/// An inbox that is kept linked to another one, until it ends.
struct joined_peer {
  peer_link_actor link;

  /// Ends the link.
  void close() const;
};

/// Links an inbox of this process to one on the same store that another node
/// has published, in both directions: what one of them writes and does not take
/// itself starts in the other within milliseconds, and when the process of one
/// of them ends, the other has its work go on within two seconds, if the store
/// shows that it is gone (PostgreSQL, with `store.listen` at both). Returns at
/// once; it connects by itself, and again whenever the link is lost. Two
/// inboxes that each join the other are as well off.
///
/// Fails with `errc::invalid` for a bad endpoint, and for an inbox that is not
/// one of this process, such as what stands for that of another node.
[[nodiscard]] caf::expected<joined_peer>
join_peer(caf::actor_system& sys, const inbox_actor& inbox,
          const endpoint& where, const peer_options& config = {});

} // namespace inbox
