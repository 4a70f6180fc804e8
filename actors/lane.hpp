#pragma once

#include "../messages/duties.hpp"
#include "../messages/stats.hpp"
#include "../messages/types.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace inbox {

/// What the dispatcher knows of one handler key: who handles it, what waits,
/// and how much more to claim. Plain data and arithmetic, no actor.
class lane {
public:
  /// A function handler may be given more than it can run at a time.
  lane(const serve_route& x, uint32_t max_in_flight);

  [[nodiscard]] const std::string& handler_key() const noexcept {
    return stats_.handler_key;
  }

  [[nodiscard]] const caf::actor& handler() const noexcept {
    return handler_;
  }

  [[nodiscard]] bool is_function() const noexcept {
    return is_function_;
  }

  [[nodiscard]] const lane_stats& stats() const noexcept {
    return stats_;
  }

  // -- the way of a delivery: queued -> running -> settling -> gone -----------

  void enqueue(const lease& x);

  /// How many may start now.
  [[nodiscard]] size_t startable() const;

  /// Takes the next one that may start, or returns false if there is none.
  [[nodiscard]] bool start_next(lease& x);

  /// Ends a run that took `duration`; its settlement is on its way.
  void finish(timespan duration);

  /// Ends a run of a lost lease: nothing is settled.
  void finish_lost();

  /// Takes a waiting one out of the queue.
  void drop(const lease& x);

  /// Takes all waiting ones out of the queue; their settlements are on the way.
  [[nodiscard]] std::deque<lease> give_back();

  /// Takes a waiting one out of the queue; its settlement is on the way.
  void give_back(const lease& x);

  /// Ends the settling of one.
  void settled();

  // -- demand -----------------------------------------------------------------

  /// How many deliveries it is worth having here in all: those that run, and as
  /// many waiting as a handler of this speed works off within about a second,
  /// so that a slow handler does not hoard what another node could do.
  [[nodiscard]] uint32_t wanted() const;

  /// How many to claim now: 0 until half of `wanted()` is free, since small
  /// claims cost as much as large ones.
  [[nodiscard]] uint32_t room() const;

  /// A stuck lane has no room. One that was stuck has room for one delivery,
  /// until that has run: the handler may be stuck still.
  void mark_stuck(bool value);

  /// Since when the handler actor looks as if it had ended, by the monotonic
  /// clock, if it has not answered since.
  [[nodiscard]] std::optional<timespan> suspect_since() const noexcept {
    return suspect_since_;
  }

  void mark_suspect(std::optional<timespan> since) noexcept {
    suspect_since_ = since;
  }

  /// Lets no more than `most` run at a time, for the handler cannot take more
  /// now. Without an argument it is what was given at the start again.
  void limit(uint32_t most);
  void limit();

private:
  [[nodiscard]] uint32_t in_flight() const;

  /// How many deliveries work off within a time, beyond those that run.
  [[nodiscard]] uint64_t within(timespan duration) const;

  /// How many may be with the handler.
  [[nodiscard]] uint64_t window() const;

  lane_stats stats_;
  caf::actor handler_;
  uint32_t concurrency_;
  /// As many as may run now: `concurrency_`, or fewer.
  uint32_t allowed_;
  uint32_t max_in_flight_;
  bool is_function_;
  std::deque<lease> queue_;
  bool probing_ = false;
  std::optional<timespan> suspect_since_;
  /// Moving average of a run's duration; 0 before the first.
  timespan average_{0};
};

} // namespace inbox
