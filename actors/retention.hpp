#pragma once

#include "interfaces.hpp"

#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace inbox {

/// Erases old events in batches, each its own transaction.
///
/// Sends: `erase_events` to the store, batch by batch until none is left, soon
/// after the start and then once per interval. On failure of the store: goes on
/// with the same batch after a minute, or an interval if that is less.
class retention_state {
public:
  static inline const char* name = "inbox.retention";

  struct settings {
    /// Pause before the first run, so that a service which is restarted every
    /// day erases as well.
    timespan first_pause{};
    timespan interval{};
    timespan older_than{};
    bool unfinished = false;
  };

  retention_state(retention_actor::pointer self, erasing_store store,
                  settings config);

  retention_actor::behavior_type make_behavior();

private:
  /// Makes a run begin, or go on behind `after`.
  void schedule(timespan pause, event_seq after = 0);

  void erase(event_seq after);

  retention_actor::pointer self_;
  erasing_store store_;
  settings config_;
  caf::disposable next_;
  bool ending_ = false;
  inbox_stats stats_;
};

using retention_impl
  = caf::stateful_actor<retention_state, retention_actor::impl>;

} // namespace inbox
