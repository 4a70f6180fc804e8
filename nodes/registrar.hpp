#pragma once

#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <tuple>

namespace inbox {

/// Keeps a local actor for each handler on another node, and has the inbox give
/// it work. Registering the same handler again is harmless: nodes do it from
/// time to time, for they do not hear of everything that happens here.
///
/// Receives: `register_handler` and `unregister_handler` from the gate,
/// `handler_down` when such an actor has ended, `end_duty`. Sends: both on to
/// the inbox, in the name of those actors. On failure of the inbox: whoever
/// asks is told.
class registrar_state {
public:
  static inline const char* name = "inbox.registrar";

  /// Takes `most` handlers at a time.
  registrar_state(registrar_actor::pointer self, inbox_actor inbox,
                  size_t most);

  registrar_actor::behavior_type make_behavior();

private:
  /// Event type, handler key, handler.
  using id = std::tuple<std::string, std::string, caf::actor_addr>;

  struct entry {
    /// As its node asked for it.
    register_handler request;
    remote_handler_actor local;
    /// Whether the inbox has it.
    bool added = false;
  };

  using entries = std::map<id, entry>;

  caf::result<registered_handler> add(const register_handler& x);

  caf::result<registered_handler> ask_inbox(const id& which,
                                            const remote_handler_actor& local,
                                            register_handler x);

  /// Returns null if that actor is not there any more.
  [[nodiscard]] entry* find(const id& which, const remote_handler_actor& local);

  caf::result<unregistered_handler> remove(const unregister_handler& x);

  /// Takes an entry off the inbox, and ends its actor when what it runs has
  /// ended.
  void take_off(entries::iterator which,
                caf::typed_response_promise<unregistered_handler> reply);

  void handler_ended(const caf::actor_addr& who);

  void end();

  registrar_actor::pointer self_;
  inbox_actor inbox_;
  size_t most_;
  entries entries_;
  size_t leaving_ = 0;
  bool ending_ = false;
};

using registrar_impl
  = caf::stateful_actor<registrar_state, registrar_actor::impl>;

} // namespace inbox
