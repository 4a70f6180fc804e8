#pragma once

#include "interfaces.hpp"

#include "../messages/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <string>
#include <utility>
#include <vector>

namespace inbox {

/// A blocking front for code that is no actor: each call sends a message to the
/// inbox and waits for its answer. An object may be copied and used from any
/// thread; a call must not be made from an actor, which it would block.
///
/// Every call fails with `errc::timeout` after its time is over (its effect is
/// then unknown; writing the same id again is harmless) and `errc::stopped`
/// once the inbox has ended.
class client {
public:
  /// Gives every call `request_timeout`, and draining as long as it can take,
  /// by the options that the inbox was started with.
  client(caf::actor_system& sys, inbox_actor inbox, const options& config = {});

  /// Gives every call the same time; one of more than a century is no limit.
  client(caf::actor_system& sys, inbox_actor inbox, timespan timeout);

  /// Stores events; returns after the commit, with one receipt per event.
  [[nodiscard]] caf::expected<std::vector<receipt>>
  write(std::vector<event> events) const;

  [[nodiscard]] caf::expected<receipt> write(event x) const;

  /// Says that events of these types, or of any if there are none, were written
  /// by a joined write whose transaction has committed. Waits for nothing.
  void announce(std::vector<std::string> event_types = {}) const;

  /// Returns true if the handler was added, false if the key had one.
  [[nodiscard]] caf::expected<bool> on(const register_handler& x) const;

  /// Returns true if a handler was removed, once its last attempt has ended: it
  /// may take the handler timeout. The message says more, see there.
  [[nodiscard]] caf::expected<bool> off(const unregister_handler& x) const;

  [[nodiscard]] caf::expected<inbox_stats> stats() const;

  [[nodiscard]] caf::expected<store_summary> summary() const;

  /// Returns the event and its deliveries; an empty record for an unknown id.
  [[nodiscard]] caf::expected<event_record> find(const uuid& id) const;

  /// Returns what led to an event and what it led to, at most `limit` events of
  /// each.
  [[nodiscard]] caf::expected<trace> follow(const uuid& id,
                                            uint32_t limit = 100) const;

  /// Ends the inbox in good order.
  [[nodiscard]] caf::expected<drain_report> drain() const;

private:
  template <class Reply, class Message>
  caf::expected<Reply> ask(Message msg, timespan timeout) const;

  template <class Reply, class Message>
  caf::expected<Reply> ask(Message msg) const {
    return ask<Reply>(std::move(msg), timeout_);
  }

  caf::actor_system* sys_;
  inbox_actor inbox_;
  timespan timeout_;
  timespan drain_timeout_;
};

} // namespace inbox
