#include "retention.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// What failed for once should not wait for a day.
constexpr timespan pause_after_failure = std::chrono::minutes{1};

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

void retention_state::schedule(timespan pause, event_seq after) {
  if (ending_)
    return;
  next_ = self_->run_delayed(pause, [this, after] { erase(after); });
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
      [this, after](const caf::error&) {
        schedule(std::min(pause_after_failure, config_.interval), after);
      });
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
