#pragma once

#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <memory>

namespace inbox {

/// One end of a link between two inboxes on one store: to its inbox it stands
/// for the other one, and the other node learns of this actor only.
///
/// Receives: `greet_peer` with the other end, `wake_up` from its inbox,
/// `peer_word` from the other end. Sends: `peer_word` to the other end, also
/// without a hint, five times in the time after which CAF gives a silent
/// connection up; `meet_peer`, `wake_up` and `lose_peer` to its inbox. On
/// failure of the link it ends. That was sudden if the other end was to be
/// heard half of that time before: a process ends so, a network does not.
class peer_line_state {
public:
  static inline const char* name = "inbox.peer_line";

  peer_line_state(peer_line_actor::pointer self, peering_actor inbox);

  peer_line_actor::behavior_type make_behavior();

private:
  void begin(const greet_peer& x);

  void show_life();

  void heard(const peer_word& x);

  void end();

  peer_line_actor::pointer self_;
  peering_actor inbox_;
  caf::actor other_;
  /// After which CAF gives a silent connection up.
  timespan silence_;
  /// When the other end was last heard, by the monotonic clock.
  timespan heard_at_{};
  enum class other_state { there, ended, out_of_reach };
  /// Set by CAF: the message about it could come from anybody.
  std::shared_ptr<std::atomic<other_state>> state_;
};

using peer_line_impl
  = caf::stateful_actor<peer_line_state, peer_line_actor::impl>;

} // namespace inbox
