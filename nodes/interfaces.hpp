#pragma once

#include "../actors/interfaces.hpp"

#include <caf/type_id.hpp>

/// The actors between an inbox and other nodes.

namespace inbox {

/// What other nodes reach: an inbox to them, of which it passes on what others
/// may ask for, and what links another inbox on its store to it.
using gate_actor = inbox_actor::extend<answers<greet_peer, greet_peer>>;

/// Whoever knows the handlers of other nodes, as the gate sees it.
using registering_actor
  = interface<answers<registered_handler, register_handler>,
              answers<unregistered_handler, unregister_handler>>;

/// Keeps a local actor for each handler on another node.
using registrar_actor
  = registering_actor::extend<takes<handler_down>, takes<end_duty>>;

/// Stands for a handler on another node.
using remote_handler_actor
  = handler_actor::extend<takes<caf::monitor_atom>, takes<handler_down>>;

/// Whoever links other inboxes to one, as the gate sees it.
using greeting_actor = interface<answers<greet_peer, greet_peer>>;

/// Keeps a local actor for each inbox that is linked.
using greeter_actor
  = greeting_actor::extend<takes<handler_down>, takes<end_duty>>;

/// One end of the link between two inboxes on one store.
using peer_line_actor = interface<takes<greet_peer>, takes<wake_up>,
                                  takes<peer_word>, takes<handler_down>>;

/// Keeps an inbox linked to another one.
using peer_link_actor = interface<takes<handler_down>, takes<end_duty>>;

/// Keeps an inbox published: answers the port.
using publisher_actor = interface<answers<uint16_t, caf::publish_atom>,
                                  takes<handler_down>, takes<end_duty>>;

/// Stands for the inbox of another node, for the applications of this one.
using remote_inbox_actor = inbox_actor::extend<takes<handler_down>>;

} // namespace inbox
