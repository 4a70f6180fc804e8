#pragma once

#include "function_runner.hpp"
#include "interfaces.hpp"
#include "known_routes.hpp"
#include "log.hpp"
#include "registry.hpp"

#include "../messages/options.hpp"
#include "../storage/open_store.hpp"
#include "../storage/wake_channel.hpp"

#include <caf/spawn_options.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inbox {

/// What is behind an inbox besides its options; tests put other things here.
struct inbox_environment {
  store_opener open;
  /// For the connection that renews leases, if it has one of its own: a store
  /// that is silent has to be noticed while there is time to try again.
  store_opener open_to_renew;
  /// How the roles share connections, each with a store worker of its own.
  connection_use connections = connection_use::one;
  /// For the connection over which inboxes wake each other; null if the store
  /// has none.
  wake_channel_opener open_channel;
  /// Whether the store could be opened a moment ago.
  bool store_is_there = true;
  /// Whether blocking actors get threads of their own. Without, everything runs
  /// on the scheduler, so that a deterministic one can drive it.
  bool detach = true;
  uuid owner{};
  uint64_t random_seed = 0;
};

/// The actor that users talk to. Spawns one actor per duty, registers handlers,
/// answers questions, drains.
///
/// Receives: the messages of requests.hpp. Sends: `add_route` to the writer,
/// which has the store know it before what is written next, and `remove_route`;
/// `serve_route` and `leave_route` to the dispatcher, `write_events` on to the
/// writer, what is known of other inboxes to the waker and the rescuer,
/// `poke_poller` when they say that there is work of a type that is handled
/// here. On failure of one of its actors (a defect): it ends with the same
/// reason, and so do all others; leases then expire and another inbox goes on.
class inbox_state {
public:
  static inline const char* name = "inbox";

  inbox_state(supervisor_actor::pointer self, options config, registry handlers,
              inbox_environment environment);

  supervisor_actor::behavior_type make_behavior();

private:
  using handler_name = std::pair<std::string, std::string>;

  struct known_handler {
    caf::actor actor;
    uint32_t concurrency = 1;
    /// Whether the dispatcher has it.
    bool served = false;
  };

  struct known_key {
    /// Never empty; several if they share it.
    std::vector<known_handler> handlers;
    /// Set once the store has the route.
    std::optional<route_id> route;
    /// Whether this inbox made the handler actor and has to end it.
    bool owned = false;
    bool shared = false;

    [[nodiscard]] known_handler* find(const caf::actor_addr& who);
  };

  // -- the others (inbox_children.cpp) ----------------------------------------

  void spawn_children();

  template <class Impl, caf::spawn_options Options = caf::no_spawn_options,
            class... Args>
  auto spawn_child(Args&&... args);

  void spawn_store_workers();

  /// Has that one connect which settles, while another learns the routes and
  /// claims the first deliveries.
  void connect_early();

  store_worker_actor spawn_store_worker(const store_opener& open);

  /// For connections over which events are written: to a store that knows the
  /// routes.
  [[nodiscard]] store_opener open_to_write() const;

  /// Returns null if there are no callbacks.
  callback_caller_actor spawn_callback_caller();

  void spawn_listener(const std::shared_ptr<wake_signal>& signal);

  function_handler_actor spawn_function_handler(const registry::entry& x);

  /// Returns what makes a runner for each worker of a function.
  std::function<function_runner()>
  runner_source(const registry::entry& x) const;

  enum class role {
    write,
    claim,
    settle,
    renew,
    claim_ahead,
    write_ahead,
    settle_jointly,
    report,
  };

  [[nodiscard]] const store_worker_actor& worker(role x) const;

  // -- handlers (inbox_handlers.cpp, inbox_unregister.cpp) --------------------

  void add_first_handlers();

  caf::result<registered_handler> add_handler(const register_handler& x);

  caf::result<unregistered_handler> remove_handler(const unregister_handler& x);

  /// Takes one handler off its key, and the key off this node with the last
  /// one. Returns what is to leave the dispatcher: that handler, and the route
  /// if the dispatcher has it.
  known_key take_off(const handler_name& which, const caf::actor_addr& handler);

  /// Has the store know the route, trying again until it does.
  void add_route_until_known(const handler_name& which);

  /// Returns null if that actor does not have the name (any more).
  [[nodiscard]] known_handler* find_handler(const handler_name& which,
                                            const caf::actor& handler);

  void serve(const handler_name& which, const caf::actor& handler,
             route_id route);

  void serve(const handler_name& which, known_handler& who);

  /// Has the store know the routes again, and goes on under the numbers that it
  /// gives them now.
  void check_routes();

  void check_route(const handler_name& which);

  void move_route(const handler_name& which, route_id route);

  struct removal;

  using removal_ptr = std::shared_ptr<removal>;

  void forget_route(const removal_ptr& what, const handler_name& which);

  void end_handler(const removal_ptr& what);

  void handler_ended(const handler_down& x);

  // -- other inboxes (inbox_peers.cpp) ----------------------------------------

  void meet(const meet_peer& x);

  void woken(const wake_up& x);

  void announced(const announce_events& x);

  // -- questions (inbox_questions.cpp) ----------------------------------------

  caf::result<inbox_stats> stats();

  /// Asks all that count and passes the sum to `then`.
  void gather_stats(std::function<void(const inbox_stats&)> then);

  caf::result<store_summary> summary();

  caf::result<trace> follow(const find_trace& x);

  void summarized(caf::expected<store_summary> all);

  // -- the end (inbox_drain.cpp) ----------------------------------------------

  caf::result<drain_report> drain();

  void dispatcher_drained(const drain_report& report);

  // One after another, each once the one before has ended or had its time.
  void end_writer(const drain_report& report);

  void end_listener(const drain_report& report);

  void end_store_workers(const drain_report& report);

  void end_notifier(const drain_report& report);

  void end_all(const drain_report& report);

  supervisor_actor::pointer self_;
  options config_;
  registry first_handlers_;
  inbox_environment environment_;
  logger_ptr log_;

  std::shared_ptr<known_routes> routes_ = std::make_shared<known_routes>();
  std::vector<store_worker_actor> workers_;
  notifier_actor notifier_;
  completer_actor completer_;
  completer_actor joint_completer_;
  dispatcher_actor dispatcher_;
  poller_actor poller_;
  renewer_actor renewer_;
  retention_actor retention_;
  writer_actor writer_;
  waker_actor waker_;
  rescuer_actor rescuer_;
  /// Null if the store has no channel.
  listener_actor listener_;
  /// All of them, and the handlers made here: ended together.
  std::vector<caf::actor> children_;
  std::vector<counting_actor> counting_;

  std::map<handler_name, known_key> handlers_;
  /// Those that the store is being asked for again.
  std::set<handler_name> checking_;
  /// Who waits for the summary that is being made: one at a time.
  std::vector<caf::typed_response_promise<store_summary>> summary_wanted_;
  bool draining_ = false;
  std::vector<caf::typed_response_promise<drain_report>> drained_;
};

using inbox_impl = caf::stateful_actor<inbox_state, supervisor_actor::impl>;

} // namespace inbox
