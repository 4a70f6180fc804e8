#pragma once

#include "interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <vector>

namespace inbox {

/// A blocking front for code that is no actor: each call sends a message to the
/// inbox and waits for its answer. An object may be copied and used from any
/// thread; a call must not be made from an actor, which it would block.
///
/// Every call fails with `errc::timeout` after `timeout` (its effect is then
/// unknown; writing the same id again is harmless) and `errc::stopped` once the
/// inbox has ended.
class client {
public:
  client(caf::actor_system& sys, inbox_actor inbox,
         timespan timeout = std::chrono::seconds{30});

  /// Stores events; returns after the commit, with one receipt per event.
  [[nodiscard]] caf::expected<std::vector<receipt>>
  write(std::vector<event> events) const;

  [[nodiscard]] caf::expected<receipt> write(event x) const;

  /// Returns true if the handler was added, false if the key had one.
  [[nodiscard]] caf::expected<bool> on(const register_handler& x) const;

  /// Returns true if a handler was removed.
  [[nodiscard]] caf::expected<bool> off(const unregister_handler& x) const;

  [[nodiscard]] caf::expected<inbox_stats> stats() const;

  [[nodiscard]] caf::expected<store_summary> summary() const;

  /// Returns the event and its deliveries; an empty record for an unknown id.
  [[nodiscard]] caf::expected<event_record> find(const uuid& id) const;

  /// Ends the inbox in good order. The timeout should exceed the options'
  /// `drain_grace` and twice `store.deadline`.
  [[nodiscard]] caf::expected<drain_report> drain() const;

private:
  template <class Reply, class Message>
  caf::expected<Reply> ask(Message msg) const;

  caf::actor_system* sys_;
  inbox_actor inbox_;
  timespan timeout_;
};

} // namespace inbox
