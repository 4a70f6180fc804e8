#pragma once

#include "endpoint.hpp"
#include "interfaces.hpp"

#include "../actors/log.hpp"

#include <caf/io/middleman_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>

namespace inbox {

/// Keeps an inbox published. Other nodes know the gate only, and one that means
/// harm can end it: then this actor publishes another.
///
/// Receives: `publish_atom`, `handler_down` when the gate has ended,
/// `end_duty`, also when the inbox has ended. Sends: requests to CAF's
/// middleman. On failure to publish: it answers; to publish again: it logs that
/// and tries again.
class publisher_state {
public:
  static inline const char* name = "inbox.publisher";

  publisher_state(publisher_actor::pointer self, inbox_actor inbox,
                  endpoint where, size_t max_handlers, size_t max_peers,
                  caf::io::middleman_actor middleman, logger_ptr log);

  publisher_actor::behavior_type make_behavior();

private:
  caf::result<uint16_t> publish();

  template <class Then, class Fail>
  void open_port(Then then, Fail fail);

  void spawn_gate();

  void publish_again();

  void end();

  void close_port();

  publisher_actor::pointer self_;
  inbox_actor inbox_;
  endpoint where_;
  caf::io::middleman_actor middleman_;
  logger_ptr log_;
  registrar_actor registrar_;
  greeter_actor greeter_;
  gate_actor gate_;
  enum class port_state { closed, opening, open };

  /// Only an open port is ours to close.
  port_state port_ = port_state::closed;
  bool ending_ = false;
};

using publisher_impl
  = caf::stateful_actor<publisher_state, publisher_actor::impl>;

} // namespace inbox
