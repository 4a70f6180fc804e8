#include "inbox_actor.hpp"

#include "caf_compat.hpp"
#include "pass.hpp"

#include <utility>

namespace inbox {

inbox_state::inbox_state(supervisor_actor::pointer self, options config,
                         registry handlers, inbox_environment environment)
  : self_{self},
    config_{std::move(config)},
    first_handlers_{std::move(handlers)},
    environment_{std::move(environment)},
    log_{use_logger(config_.logger)} {
  // nop
}

supervisor_actor::behavior_type inbox_state::make_behavior() {
  spawn_children();
  add_first_handlers();
  return {
    [this](write_events& x) {
      return pass<written_events>(self_, writer_, std::move(x));
    },
    [this](const announce_events& x) { announced(x); },
    [this](const register_handler& x) { return add_handler(x); },
    [this](const unregister_handler& x) { return remove_handler(x); },
    [this](const get_stats&) { return stats(); },
    [this](const get_summary&) { return summary(); },
    [this](const find_event& x) {
      return pass<event_record>(self_, worker(role::report), x);
    },
    [this](const find_trace& x) { return follow(x); },
    [this](const drain_inbox&) { return drain(); },
    [this](const handler_down& x) { handler_ended(x); },
    [this](const store_reopened&) { check_routes(); },
    [this](const get_owner&) { return inbox_owner{environment_.owner}; },
    [this](const meet_peer& x) { meet(x); },
    [this](const lose_peer& x) { send(self_, rescuer_, x); },
    [this](const wake_up& x) { woken(x); },
  };
}

} // namespace inbox
