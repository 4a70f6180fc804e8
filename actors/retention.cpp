#include "retention.hpp"

#include "caf_compat.hpp"

#include <utility>

namespace inbox {

namespace {

// Small enough that a batch's locks are held for some milliseconds only.
constexpr uint32_t batch_size = 1000;

} // namespace

retention_state::retention_state(retention_actor::pointer self,
                                 erasing_store store, settings config)
  : self_{self},
    store_{std::move(store)},
    config_{config} {
  // nop
}

void retention_state::schedule(timespan pause) {
  if (ending_)
    return;
  next_ = self_->run_delayed(pause, [this] { erase(0); });
}

void retention_state::erase(event_seq after) {
  if (ending_)
    return;
  request(self_, store_, caf::infinite,
          erase_events{after, batch_size, config_.older_than,
                       config_.unfinished})
    .then(
      [this](const erased_events& reply) {
        stats_.erased += reply.events;
        if (reply.next != 0)
          erase(reply.next);
        else
          schedule(config_.interval);
      },
      [this](const caf::error&) { schedule(config_.interval); });
}

retention_actor::behavior_type retention_state::make_behavior() {
  schedule(config_.first_pause);
  return {
    [this](const get_stats&) { return stats_; },
    [this](const end_duty&) {
      ending_ = true;
      next_.dispose();
    },
  };
}

} // namespace inbox
