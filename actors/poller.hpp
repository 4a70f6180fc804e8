#pragma once

#include "interfaces.hpp"
#include "room_account.hpp"

#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace inbox {

/// Claims due deliveries, sized by what the dispatcher has room for.
///
/// Wakes at the iteration rate plus a random part, at once when poked, and at
/// once again while a claim fills the room that it was made for: then over all
/// its connections, and as long as the room lasts that the dispatcher has told
/// of. Pokes that arrive during a round count as one. Lets the store read on
/// from claim to claim, but look through all four times a second, or less often
/// where that takes long: a fiftieth of the time at most.
///
/// Once a claim has left nothing that was due, it lends room to the writer, so
/// that what is written next need not be looked for.
///
/// Receives: `poke_poller`, `borrow_room`, `return_room`. Sends: `get_demand`
/// and `dispatch_deliveries` to the dispatcher, `claim_deliveries` and, once
/// per iteration and for each new handler, `route_events` to the store,
/// `delivery_died` to the notifier. On failure of the store: it waits for the
/// next iteration or poke, and after several in a row pokes wait for a growing
/// pause, up to a second; but kept events that cannot be routed hold up no
/// claim.
class poller_state {
public:
  static inline const char* name = "inbox.poller";

  struct settings {
    uuid owner{};
    timespan iteration_rate{};
    /// Most that is added to a pause at random.
    timespan iteration_jitter{};
    timespan lease_duration{};
    uint32_t batch_size = 1;
    uint32_t max_attempts = 1;
    uint64_t random_seed = 0;
  };

  /// With several `stores`, each of them has a claim under way while there is
  /// a backlog.
  poller_state(poller_actor::pointer self, dispatching_actor dispatcher,
               std::vector<claiming_store> stores, observer_actor notifier,
               settings config);

  poller_actor::behavior_type make_behavior();

private:
  /// One round: ask for room, route what was kept, claim, dispatch; and claim
  /// again while something is left.
  void poll();

  /// Likewise; if nothing else has begun one, it looks first.
  void poll_by_clock();

  /// Gives kept events to handlers that have come, if that is due; then claims.
  void route(current_demand room);

  void finish_round(bool again);

  /// Ends a round that the store has failed.
  void fail_round();

  void schedule();

  // -- room (poller_room.cpp) -------------------------------------------------

  /// Asks the dispatcher; a round that waits for room goes on with the answer.
  void ask_for_room();

  void has_room();

  /// Claims again behind a claim that has left something, within the room that
  /// is left if that is enough: so the dispatcher need not have taken over what
  /// was claimed before.
  void go_on();

  /// Claims with each store that is free, as long as there is enough room.
  /// Returns whether there is more.
  bool claim_more();

  // -- claims (poller_claims.cpp) ---------------------------------------------

  /// Claims; `looks_for_kept` if its answer tells whether routing is due.
  void claim(current_demand room, bool looks_for_kept);

  void claimed(const claim_deliveries& asked, claimed_deliveries& reply,
               timespan trusted_until);

  /// Lets the store read on for a while.
  void has_looked_through(timespan asked_at);

  /// Does so when that while is over, if nobody does it until then.
  void look_through_later();

  // -- what is lent (poller_lends.cpp) ----------------------------------------

  /// Lends a part of the room to what is written next, if nothing is due.
  caf::result<current_demand> lend();

  /// Takes what is lent out of the room for a claim.
  void keep_lent(current_demand& room);

  void get_back(return_room& x);

  poller_actor::pointer self_;
  dispatching_actor dispatcher_;
  std::vector<claiming_store> stores_;
  /// Those without a claim under way.
  std::set<size_t> idle_;
  observer_actor notifier_;
  settings config_;
  std::mt19937_64 random_;
  caf::disposable next_;
  bool polling_ = false;
  /// Whether something may be left since the last claim began.
  bool again_ = false;
  /// What the round does once it is known what there is room for.
  enum class waits { no, to_begin, to_go_on };
  waits waits_ = waits::no;
  room_account room_;
  bool poked_ = false;
  /// Whether this round is due to nothing but the time.
  bool by_clock_ = false;
  /// When a claim has to look through all again, by the monotonic clock.
  timespan read_on_until_{};
  /// Whether the last one has read on.
  bool has_read_on_ = false;
  /// Whether one that looks through all is under way.
  bool looks_through_ = false;
  bool look_pending_ = false;
  caf::disposable look_;
  /// Rounds in a row that failed, and the pause that follows.
  int failures_ = 0;
  bool resting_ = false;
  caf::disposable rest_;
  /// Whether the last claim has left nothing that was due.
  bool drained_ = false;
  std::optional<current_demand> lent_;
  /// Whether a claim had less room for the sake of what is lent.
  bool was_short_ = false;
  /// Kept events are looked for once per iteration and when there is a new
  /// handler, not on every poke.
  bool routing_due_ = true;
  /// Those that had a handler here in the last round.
  std::set<route_id> routes_;
  bool ending_ = false;
  std::vector<caf::typed_response_promise<void>> ended_;
  inbox_stats stats_;
};

using poller_impl = caf::stateful_actor<poller_state, poller_actor::impl>;

} // namespace inbox
