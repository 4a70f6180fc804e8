#pragma once

#include "../support/actor_fixture.hpp"

#include "../../nodes/interfaces.hpp"

namespace inbox::test {

/// An inbox, or the gate to one, that answers what the scripts say.
struct scripted_inbox {
  script<written_events, write_events> writes;
  mailbox<announce_events> announced;
  script<registered_handler, register_handler> registered;
  script<unregistered_handler, unregister_handler> unregistered;
  script<inbox_stats, get_stats> stats;
  script<store_summary, get_summary> summaries;
  script<event_record, find_event> found;
  script<trace, find_trace> followed;
  script<drain_report, drain_inbox> drained;
  script<greet_peer, greet_peer> greeted;
  inbox_actor actor;
};

class nodes_fixture : public actor_fixture {
public:
  scripted_inbox play_inbox() {
    scripted_inbox x;
    x.registered.answer_with(
      [](const register_handler&) { return registered_handler{true}; });
    x.unregistered.answer_with([](const unregister_handler&) {
      return unregistered_handler{true, 0};
    });
    x.actor = inbox_actor{play<gate_actor>(x.writes, x.announced, x.registered,
                                           x.unregistered, x.stats, x.summaries,
                                           x.found, x.followed, x.drained,
                                           x.greeted)};
    return x;
  }

  static register_handler for_mail(const caf::actor& who, bool shared = false,
                                   uint32_t concurrency = 1) {
    return {"order", "mail", who, concurrency, shared};
  }

  /// Tells whether an actor has ended, by what it answers.
  bool has_ended(const caf::actor& who) {
    auto asked = begin<outcome>(caf::actor_cast<handler_actor>(who),
                                handle_event{});
    return *asked && !**asked
           && (*asked)->error() == caf::sec::request_receiver_down;
  }
};

} // namespace inbox::test
