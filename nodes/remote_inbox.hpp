#pragma once

#include "connector.hpp"
#include "interfaces.hpp"
#include "open_questions.hpp"
#include "spawn_remote_inbox.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace inbox {

/// Stands for the inbox of another node.
///
/// Receives: what an inbox does. Sends: the same to the gate of that node,
/// `connect_atom` to CAF's middleman. On failure of the connection: all that
/// waits for an answer is told, and it connects and registers again.
class remote_inbox_state {
public:
  static inline const char* name = "inbox.remote";

  remote_inbox_state(remote_inbox_actor::pointer self, endpoint where,
                     remote_options config, caf::io::middleman_actor middleman,
                     uint64_t random_seed);

  remote_inbox_actor::behavior_type make_behavior();

private:
  // -- requests (remote_inbox.cpp) --------------------------------------------

  /// Asks the gate, and has the caller get the answer.
  template <class Reply, class Message>
  caf::result<Reply>
  ask(Message msg, errc when_lost = errc::connection_lost, uint64_t bytes = 0);

  /// Returns an error if no more can be asked.
  [[nodiscard]] caf::error check_room(uint64_t bytes) const;

  /// Asks the gate, now or when there is a connection, and calls `then` with a
  /// `caf::expected<Reply>`.
  template <class Reply, class Message, class Then>
  void begin(Message msg, Then then, errc when_lost, uint64_t bytes,
             timespan timeout);

  /// Likewise, with the usual time and no bytes to speak of.
  template <class Reply, class Message, class Then>
  void begin(Message msg, Then then) {
    begin<Reply>(std::move(msg), std::move(then), errc::connection_lost, 0,
                 config_.request_timeout);
  }

  /// Does what is to do after a question has ended.
  void end_if_drained();

  /// Comes back when the next question is too old.
  void watch_time();

  // -- the connection (remote_inbox_link.cpp) ---------------------------------

  void connected(const gate_actor& gate);

  void lost();

  void ended(const caf::actor_addr& who);

  // -- handlers (remote_inbox_handlers.cpp) -----------------------------------

  /// Event type, handler key, handler.
  using id = std::tuple<std::string, std::string, caf::actor_addr>;

  struct known_handler {
    register_handler request;
    /// Whether the gate has said so; only then it is registered again.
    bool added = false;
    /// Whether the gate does not take it any more: one line for many tries.
    bool refused = false;
  };

  caf::result<registered_handler> add(const register_handler& x);

  void has_added(const register_handler& x);

  /// Has the gate take a handler off, however long what it runs may take.
  template <class Then>
  void take_off(const register_handler& x, Then then);

  caf::result<unregistered_handler> remove(const unregister_handler& x);

  /// Tells the gate of all handlers.
  void register_all();

  /// Does so from time to time.
  void keep_registered();

  caf::result<drain_report> drain();

  remote_inbox_actor::pointer self_;
  remote_options config_;
  logger_ptr log_;
  connector<remote_inbox_actor::pointer> connector_;
  gate_actor gate_;
  open_questions open_;
  bool watches_time_ = false;
  std::map<id, known_handler> handlers_;
  bool draining_ = false;
  std::vector<caf::typed_response_promise<drain_report>> drained_;
};

using remote_inbox_impl
  = caf::stateful_actor<remote_inbox_state, remote_inbox_actor::impl>;

} // namespace inbox
