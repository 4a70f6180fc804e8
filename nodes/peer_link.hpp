#pragma once

#include "connector.hpp"
#include "interfaces.hpp"
#include "join_peer.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <string>

namespace inbox {

/// Keeps an inbox linked to one that another node has published.
///
/// Receives: `handler_down` when the line between the two has ended,
/// `end_duty`. Sends: `connect_atom` to CAF's middleman, `greet_peer` to the
/// gate, and its answer to a line. On failure of any of them: it begins anew
/// after a pause.
class peer_link_state {
public:
  static inline const char* name = "inbox.peer_link";

  peer_link_state(peer_link_actor::pointer self, inbox_actor inbox,
                  const uuid& owner, const endpoint& where,
                  const peer_options& config,
                  caf::io::middleman_actor middleman, uint64_t random_seed);

  peer_link_actor::behavior_type make_behavior();

private:
  void greet(const gate_actor& gate);

  /// Ends a line, and tries again later.
  void refuse(const peer_line_actor& line, std::string why);

  peer_link_actor::pointer self_;
  inbox_actor inbox_;
  uuid owner_;
  connector<peer_link_actor::pointer> connector_;
  peer_line_actor line_;
  /// Why the other side did not take the last one.
  std::string refused_;
};

using peer_link_impl
  = caf::stateful_actor<peer_link_state, peer_link_actor::impl>;

} // namespace inbox
