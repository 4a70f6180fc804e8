#include "remote_inbox.hpp"

#include "remote_inbox_ask.hpp"

#include <utility>

namespace inbox {

remote_inbox_state::remote_inbox_state(remote_inbox_actor::pointer self,
                                       endpoint where, remote_options config,
                                       caf::io::middleman_actor middleman,
                                       uint64_t random_seed)
  : self_{self},
    config_{std::move(config)},
    log_{use_logger(config_.logger)},
    connector_{self,
               std::move(where),
               config_.reconnect,
               std::move(middleman),
               log_,
               random_seed,
               [this](auto& gate) { connected(gate); }} {
  // nop
}

remote_inbox_actor::behavior_type remote_inbox_state::make_behavior() {
  connector_.connect();
  keep_registered();
  return {
    [this](write_events& x) {
      uint64_t bytes = 0;
      for (auto& event : x.events)
        bytes += bytes_of(event);
      return ask<written_events>(std::move(x), errc::outcome_unknown, bytes);
    },
    [this](const announce_events& x) {
      if (gate_) // else it is missed, as a hint may be
        send(self_, gate_, x);
    },
    [this](const register_handler& x) { return add(x); },
    [this](const unregister_handler& x) { return remove(x); },
    [this](const get_stats& x) { return ask<inbox_stats>(x); },
    [this](const get_summary& x) { return ask<store_summary>(x); },
    [this](const find_event& x) { return ask<event_record>(x); },
    [this](const find_trace& x) { return ask<trace>(x); },
    [this](const drain_inbox&) { return drain(); },
    [this](const handler_down& x) { ended(x.handler); },
  };
}

caf::error remote_inbox_state::check_room(uint64_t bytes) const {
  if (draining_)
    return make_error(errc::stopped, "inbox", "is draining");
  if (open_.size() >= config_.max_open_requests)
    return make_error(errc::busy, "max_open_requests",
                      "requests have no answer yet");
  if (open_.bytes() > 0 && open_.bytes() + bytes > config_.max_open_bytes)
    return make_error(errc::busy, "max_open_bytes",
                      "of events have no answer yet");
  return {};
}

void remote_inbox_state::watch_time() {
  auto end = open_.next_end();
  if (!end || watches_time_)
    return;
  watches_time_ = true;
  self_->run_delayed(*end - monotonic_now(self_), [this] {
    watches_time_ = false;
    open_.end_old(monotonic_now(self_));
    end_if_drained();
    watch_time();
  });
}

} // namespace inbox
