#pragma once

#include "attempt_policy.hpp"
#include "interfaces.hpp"
#include "lane.hpp"

#include <caf/actor_clock.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace inbox {

/// Sends each delivery to the handler actor of its key, as a request with the
/// handler timeout as its deadline, and hands the outcome to the completer.
///
/// Receives: `dispatch_deliveries` from the poller, `serve_route` and
/// `leave_route` from the inbox, `end_leases` from the completer, `lose_leases`
/// from the renewer, `drain_dispatcher`. Sends: `handle_event` to handlers,
/// `settle_delivery` to the completer, `poke_poller` to whoever asked for
/// demand when there was none, once there is room again. On failure of a
/// handler (error, exception, no answer in time, actor gone): the attempt has
/// failed; an answer that comes later is dropped.
class dispatcher_state {
public:
  static inline const char* name = "inbox.dispatcher";

  struct settings {
    timespan handler_timeout{};
    /// After the grace period, how long to wait for the store's confirmations.
    timespan settle_timeout{};
    uint32_t max_in_flight = 1;
    attempt_policy policy;
    uint64_t random_seed = 0;
  };

  dispatcher_state(dispatcher_actor::pointer self, completing_actor completer,
                   settings config);

  dispatcher_actor::behavior_type make_behavior();

private:
  enum class phase { queued, running, settling, lost };

  using lane_ptr = std::shared_ptr<lane>;

  struct attempt {
    claimed_delivery delivery;
    /// Kept by the attempt as well, since a key may be left and served anew
    /// while it runs.
    lane_ptr where;
    dispatcher_state::phase phase = phase::queued;
    caf::actor_clock::time_point started;
    inbox::cancellation cancellation;
  };

  // -- the lanes (dispatcher_lanes.cpp) ---------------------------------------

  void serve(const serve_route& x);
  /// Answered when the last attempt of the route has ended.
  caf::result<void> leave(route_id route);
  void finish_leaving();
  void suspend(const lane_ptr& where);
  current_demand demand();
  void poke_if_room();

  // -- the way of an attempt --------------------------------------------------

  void dispatch(std::vector<claimed_delivery>& deliveries);
  void start(const lane_ptr& where);
  void run(attempt& what);
  void ran(const lease& which, const outcome& result);
  void failed_to_run(const lease& which, const caf::error& err);
  void settle(attempt& what, settlement end);
  void release(attempt& what);
  void give_back_queue(const lane_ptr& where);
  void lost(const std::vector<lease>& leases);
  void ended(const std::vector<lease>& leases);
  /// Takes an attempt whose request has just ended from running to settling, or
  /// returns null if its lease was lost meanwhile and nothing is to be settled.
  [[nodiscard]] attempt* end_run(const lease& which);

  // -- draining (dispatcher_drain.cpp) ----------------------------------------

  caf::result<drain_report> drain(timespan grace);
  void cancel_running();
  void finish_drain();

  dispatcher_actor::pointer self_;
  completing_actor completer_;
  settings config_;
  std::mt19937_64 random_;
  std::map<route_id, lane_ptr> lanes_;
  std::map<lease, attempt> attempts_;
  /// Lanes that were left while attempts ran, and who waits for their end.
  std::vector<std::pair<lane_ptr, caf::typed_response_promise<void>>> leaving_;
  poked_actor poller_;
  /// Routes that the poller was told no room of: poked when there is.
  std::set<route_id> full_;
  bool draining_ = false;
  drain_report report_;
  std::vector<caf::typed_response_promise<drain_report>> drained_;
  inbox_stats stats_;
};

using dispatcher_impl
  = caf::stateful_actor<dispatcher_state, dispatcher_actor::impl>;

} // namespace inbox
