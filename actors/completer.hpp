#pragma once

#include "block_deque.hpp"
#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace inbox {

/// Gathers outcomes into settling statements and repeats them until the store
/// confirms them.
///
/// Receives: `settle_attempts` from the dispatcher. Sends: `settle_deliveries`
/// to the store, or `settle_jointly` for what has effects or events, a batch of
/// either kind at a time; `refuse_ends` to the dispatcher for those of which
/// the store refuses these, `end_leases` to the dispatcher only after the
/// confirmation, so that capacity is held and leases are kept alive until then;
/// `delivery_died` and `error_occurred` (lost leases) to the notifier;
/// `wake_others` to the waker for what is due again at once. What a handler has
/// settled itself is only told.
///
/// On failure of the store: tries again with a growing pause. A batch that the
/// store refuses for another reason than being away is halved until the refused
/// settlement is found: that one is tried again by itself, or dropped if the
/// store calls it invalid, and its lease expires. Effects may end the
/// connection that they are executed on: those that were interrupted are tried
/// with fewer others each time, and what is interrupted again and again by
/// itself is refused.
class completer_state {
public:
  static inline const char* name = "inbox.completer";

  completer_state(completer_actor::pointer self, settling_store store,
                  observer_actor notifier, alerting_actor waker,
                  uint32_t batch_size);

  completer_actor::behavior_type make_behavior();

private:
  struct entry {
    ended_attempt end;
    /// Set once it was found to be what the store refuses: it is tried by
    /// itself, so that it holds up no other.
    bool alone = false;
    /// How often it was sent: from the second time on, the answer to the one
    /// before may have been lost.
    unsigned sent = 0;
    /// How often the store was lost in the midst of it.
    unsigned interruptions = 0;
  };

  using batch = block_deque<entry>;

  static bool is_joint(const entry& x);

  /// Whether both may share a statement.
  static bool belong_together(const entry& x, const entry& y);

  /// Takes what the next statement holds; there is something.
  batch next_batch();

  void flush();

  void write(batch what);

  void write_jointly(batch what);

  /// Sends `ask`, and notes what the store answers as a `Reply`.
  template <class Reply, class Ask>
  void request_settling(Ask ask, batch what);

  void confirmed(const batch& what, const settled_deliveries& reply);

  /// Likewise, without those that were refused, which go on.
  void confirmed(batch what, const settled_jointly& reply);

  void refused(batch what, const caf::error& err);

  /// Puts what the store was lost over behind the rest, or refuses it.
  void interrupted(batch what);

  /// Writes `what` after a pause.
  void repeat(batch what);

  /// Calls `then` after a pause, which grows.
  template <class Function>
  void after_pause(Function then);

  /// Goes on with what waits.
  void go_on();

  void end_leases_of(const batch& what);

  void count(verdict x);

  completer_actor::pointer self_;
  settling_store store_;
  observer_actor notifier_;
  alerting_actor waker_;
  size_t batch_size_;
  /// Whom to tell of ended leases: who sent the settlements.
  lease_ending_actor dispatcher_;
  block_deque<entry> waiting_;
  /// True from sending a statement until it is confirmed or dropped.
  bool settling_ = false;
  timespan pause_;
  inbox_stats stats_;
};

using completer_impl
  = caf::stateful_actor<completer_state, completer_actor::impl>;

} // namespace inbox
