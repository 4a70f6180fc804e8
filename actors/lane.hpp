#pragma once

#include "lane_handler.hpp"

#include "../messages/duties.hpp"
#include "../messages/stats.hpp"
#include "../messages/types.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

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

  /// Returns the handler of a lane that is not shared.
  [[nodiscard]] const lane_handler_ptr& only_handler() const {
    return handlers_.front();
  }

  /// Adds one that shares the lane with the others, or gives one that is there
  /// another concurrency. Returns false if they do not share this lane.
  [[nodiscard]] bool add(const serve_route& x);

  /// Returns null if there is no such one.
  [[nodiscard]] lane_handler_ptr find(const caf::actor& handler) const;

  /// Takes one off the lane; what runs at it goes on. Returns whether others
  /// are left; the last one stays.
  bool remove(const lane_handler_ptr& who);

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

  /// Takes the next one that may start, and returns at whom: whoever has most
  /// room. Returns null if there is none.
  [[nodiscard]] lane_handler_ptr start_next(lease& x);

  /// Ends a run at `who` that took `duration`; its settlement is on its way.
  void finish(lane_handler& who, timespan duration);

  /// Ends a run of a lost lease: nothing is settled.
  void finish_lost(lane_handler& who);

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

private:
  [[nodiscard]] uint32_t in_flight() const;

  /// How many may run at a time now.
  [[nodiscard]] uint32_t allowed() const;

  /// How many deliveries work off within a time, beyond those that run.
  [[nodiscard]] uint64_t within(timespan duration) const;

  /// How many more may be with that handler.
  [[nodiscard]] uint64_t room_of(const lane_handler& who) const;

  lane_stats stats_;
  /// Never empty.
  std::vector<lane_handler_ptr> handlers_;
  uint32_t max_in_flight_;
  bool is_function_;
  bool shared_;
  std::deque<lease> queue_;
  bool probing_ = false;
  /// Moving average of a run's duration; 0 before the first.
  timespan average_{0};
};

} // namespace inbox
