#pragma once

#include "endpoint.hpp"

#include "../actors/interfaces.hpp"
#include "../actors/log.hpp"
#include "../messages/backoff.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <cstdint>

namespace inbox {

struct remote_options {
  /// How long a request may take, the wait for a connection included; less than
  /// a `client` waits, so that it hears what happened. Unregistering has no
  /// end.
  timespan request_timeout = std::chrono::seconds{25};
  /// Between tries to connect.
  backoff reconnect{std::chrono::milliseconds{100}, std::chrono::seconds{5}, 2};
  /// How often the published inbox is told again of the handlers here: it may
  /// have been started anew.
  timespan register_interval = std::chrono::seconds{5};
  /// Most requests without an answer, and the bytes of their events; more is
  /// answered `errc::busy`.
  uint32_t max_open_requests = 20000;
  uint64_t max_open_bytes = 256 * 1024 * 1024;
  /// As in the options of an inbox.
  logger_ptr logger;

  /// Returns `errc::invalid` with the name of the first field that cannot be.
  [[nodiscard]] caf::error validate() const;
};

/// Starts what stands for the inbox that another node has published: it takes
/// the same messages, and a `client` works with it too. Returns at once; it
/// connects by itself, and again whenever the connection is lost.
///
/// Requests wait for a connection as long as they may take, then they fail with
/// `errc::connection_lost`: nothing was changed. If the connection is lost
/// before the answer, a write fails with `errc::outcome_unknown`: writing the
/// same ids again is harmless. Without an answer in time it is `errc::timeout`.
///
/// Handlers have to live on this node. They stay registered until they end, are
/// unregistered or this actor is drained: after a lost connection it registers
/// them again. What they had in hand then has gone to others, and their answers
/// to that settle nothing.
///
/// `drain_inbox` takes the handlers of this node off the inbox, waits for what
/// they run and for open requests, and ends this actor, not the inbox; all
/// counts of its report are 0. The actor system waits for that when it is
/// destroyed.
///
/// Fails with `errc::invalid` for a bad endpoint or option.
[[nodiscard]] caf::expected<inbox_actor>
spawn_remote_inbox(caf::actor_system& sys, const endpoint& where,
                   const remote_options& config = {});

} // namespace inbox
