#pragma once

#include "attempt_policy.hpp"
#include "cancellation_flags.hpp"
#include "interfaces.hpp"
#include "lane.hpp"
#include "perilous_room.hpp"

#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inbox {

/// Sends each delivery to the handler actor of its key, with the handler
/// timeout as its deadline, and hands the outcome to the completer.
///
/// Receives: `dispatch_deliveries` from the poller, `serve_route`,
/// `leave_route` and `handler_down` from the inbox, `end_leases` from the
/// completer, `refuse_ends` likewise, `extend_leases` and `lose_leases` from
/// the renewer, `drain_dispatcher`. Sends: `handle_event` to handler actors of
/// the application, as a request; `handle_events` to function handlers, which
/// watch over the deadlines and tell the ends by `handled_events`;
/// `settle_attempts` to the completer, `error_occurred` (leases given up or
/// lost) to the notifier, `poke_poller` to whoever asked for demand: once there
/// is room again where there was none, and when an end lets the next delivery
/// of an ordering key go.
///
/// On failure of a handler (error, exception, no answer in time, actor gone):
/// the attempt has failed; an answer that comes later is dropped. On failure of
/// the store: a lease that was not renewed in time, by this node's own
/// monotonic clock, is relied on no more. What waits under it is given back,
/// what runs is canceled, before others may claim it.
class dispatcher_state {
public:
  static inline const char* name = "inbox.dispatcher";

  struct settings {
    timespan handler_timeout{};
    /// After the grace period, how long to wait for the store's confirmations.
    timespan settle_timeout{};
    uint32_t max_in_flight = 1;
    /// Payloads of all that is claimed and has not ended.
    uint64_t max_bytes = 64 * 1024 * 1024;
    /// Most bytes of an emitted event's payload.
    uint64_t payload_limit = 16 * 1024 * 1024;
    /// How long a canceled handler has to notice it.
    timespan cancel_patience{};
    attempt_policy policy;
    uint64_t random_seed = 0;
  };

  /// Hands what has effects or events to `joint_completer`: they may take long.
  dispatcher_state(dispatcher_actor::pointer self, completing_actor completer,
                   completing_actor joint_completer, observer_actor notifier,
                   settings config);

  dispatcher_actor::behavior_type make_behavior();

private:
  enum class phase { queued, running, settling, lost };

  using lane_ptr = std::shared_ptr<lane>;

  struct attempt {
    /// Its event goes out with the request and leaves nothing but its id here.
    claimed_delivery delivery;
    size_t bytes = 0;
    inbox::cancellation cancellation;
    /// Both by the monotonic clock.
    timespan trusted_until{};
    timespan started{};
    /// Kept by the attempt as well, since a key may be left and served anew
    /// while it runs.
    lane_ptr where;
    /// Whom it runs at; null before.
    lane_handler_ptr who;
    dispatcher_state::phase phase = phase::queued;
    /// Set when the inbox has canceled it: then its failure is none.
    bool canceled = false;
    /// Set when its settlement lets something be claimed at once: the next one
    /// of its ordering key, what it emits, or itself.
    bool lets_next_go = false;
  };

  /// Attempts that run at whom has left, and who waits for their end.
  struct leaving {
    lane_ptr where;
    /// Null if the whole lane was left.
    lane_handler_ptr who;
    caf::typed_response_promise<void> reply;
  };

  // -- the lanes (dispatcher_lanes.cpp) ---------------------------------------

  void serve(const serve_route& x);
  /// Answered when the last attempt of the route has ended, or of the handler.
  caf::result<void> leave(const leave_route& x);
  void finish_leaving();
  /// Stops the lane's work for a while: its handler can take nothing.
  void suspend(const lane_ptr& where);
  /// Lets fewer run at a time for a while: its handler can take no more.
  void limit(const lane_ptr& where, const lane_handler_ptr& who, uint32_t most,
             timespan pause);
  current_demand demand();
  [[nodiscard]] uint64_t room_for_bytes() const;
  void poke_if_room();
  void poke();

  // -- how attempts begin -----------------------------------------------------

  void dispatch(dispatch_deliveries& x);
  void start(const lane_ptr& where);
  [[nodiscard]] handle_event request_for(attempt& what) const;
  void run(attempt& what);

  // -- how attempts end (dispatcher_ends.cpp) ---------------------------------

  void ran(const lease& which, const outcome& result);
  void handled(const handled_events& x);
  /// Settles an attempt that has ended, by its outcome; one that has failed may
  /// be due again after the backoff or at once.
  enum class retry { later, at_once };
  void conclude(attempt& what, const outcome& result, retry next = retry::later,
                own_commit commit = {});
  /// Returns how an attempt ends by its outcome.
  [[nodiscard]] settlement end_for(const attempt& what, const outcome& result,
                                   own_commit commit);
  void is_stuck(const lane_ptr& where);
  /// Keeps the end of an attempt until `flush`.
  void settle(attempt& what, settlement&& end, bool is_settled = false);
  void flush();
  void release(attempt& what);
  void give_back_queue(const lane_ptr& where);
  void ended(const std::vector<lease>& leases);
  /// Fails attempts of which the store refuses the effects.
  void refused(const refuse_ends& x);
  using attempt_map = std::pmr::unordered_map<lease, attempt, lease_hash>;
  void forget(attempt_map::iterator which);
  /// Takes an attempt whose request has just ended from running to settling, or
  /// returns null if its lease was lost meanwhile and nothing is to be settled.
  [[nodiscard]] attempt* end_run(const lease& which,
                                 std::optional<timespan> took = {});

  // -- how attempts end without an outcome (dispatcher_failures.cpp) ----------

  void failed_to_run(const lease& which, const caf::error& err);
  void handler_is_gone(const lease& which, const attempt& what);
  /// Fails what runs at a handler on a lost node; it is due again at once.
  void handler_ended(const caf::actor_addr& who);
  void lost_with_its_node(const lease& which);

  // -- leases (dispatcher_leases.cpp) -----------------------------------------

  held_leases held() const;
  void extended(const extend_leases& x);
  void lost(const std::vector<lease>& leases);
  /// Looks again when a lease is to be relied on no more.
  void watch_leases(timespan until);
  /// Until when the next one is relied on; the end of time if there is none.
  [[nodiscard]] timespan next_expiry() const;
  void give_up_leases();
  void cancel(attempt& what);
  void report_lost(size_t count, const char* how);

  // -- draining (dispatcher_drain.cpp) ----------------------------------------

  caf::result<drain_report> drain(timespan grace);
  void cancel_running();
  void give_back_running();
  void finish_drain();

  dispatcher_actor::pointer self_;
  completing_actor completer_;
  completing_actor joint_completer_;
  observer_actor notifier_;
  settings config_;
  std::mt19937_64 random_;
  std::map<route_id, lane_ptr> lanes_;
  /// Attempts come and go by the thousand, on whatever thread this runs.
  std::pmr::unsynchronized_pool_resource memory_;
  attempt_map attempts_{&memory_};
  cancellation_flags flags_;
  /// Payloads of `attempts_`.
  uint64_t bytes_ = 0;
  /// For those of `attempts_` that are perilous.
  perilous_room perilous_;
  caf::disposable watch_;
  /// When `watch_` goes off, if it is set.
  timespan watched_until_ = timespan::max();
  std::vector<leaving> leaving_;
  poked_actor poller_;
  /// Routes that the poller was told no room of: poked when there is.
  std::set<route_id> full_;
  /// Likewise for perilous deliveries.
  bool perilous_full_ = false;
  /// Ends of attempts that the completer is to get.
  settle_attempts ends_;
  settle_attempts joint_ends_;
  bool draining_ = false;
  timespan drain_began_{};
  drain_report report_;
  std::vector<caf::typed_response_promise<drain_report>> drained_;
  inbox_stats stats_;
};

using dispatcher_impl
  = caf::stateful_actor<dispatcher_state, dispatcher_actor::impl>;

} // namespace inbox
