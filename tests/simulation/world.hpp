#pragma once

#include "fibers.hpp"

#include <caf/action.hpp>
#include <caf/actor_clock.hpp>
#include <caf/disposable.hpp>
#include <caf/resumable.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace simulation {

/// A number of processes under a scheduler of its own, in virtual time. What
/// runs next is chosen at random among all that could; time passes when nothing
/// could. The same seed gives the same order, whatever the machine does.
///
/// Everything belongs to the process in whose course it came to be. Process 0
/// is the world itself: it never ends.
class world {
public:
  using process_id = size_t;
  using time_point = caf::actor_clock::time_point;
  using action = std::function<void()>;

  /// Runs one message of an actor, or the like; what CAF calls resuming.
  using runner = std::function<void(caf::resumable*)>;

  world();

  /// Begins anew: only process 0 is there, nothing is to be done.
  void begin(uint64_t seed);

  void set_runner(runner run) {
    run_job_ = std::move(run);
  }

  // -- chance -----------------------------------------------------------------

  /// Returns a number from 0 to n - 1.
  uint64_t below(uint64_t n) {
    return random_() % n;
  }

  /// Returns true in `percent` of all calls.
  bool chance(uint64_t percent) {
    return below(100) < percent;
  }

  /// Returns a time between both.
  caf::timespan between(caf::timespan least, caf::timespan most);

  // -- time -------------------------------------------------------------------

  [[nodiscard]] time_point now() const noexcept {
    return now_;
  }

  /// Returns the time since the beginning, in microseconds.
  [[nodiscard]] int64_t micros() const;

  /// Does `what` at that time in the running process, if it is there still.
  caf::disposable at(time_point when, caf::action what);

  /// Does `what` after that time in the running process, if it is there still.
  void after(caf::timespan pause, action what);

  /// Blocks whatever is running, but nobody else. Returns at once when the
  /// world ends.
  void sleep(caf::timespan duration);

  /// Lets time pass.
  void run_for(caf::timespan duration);

  // -- processes --------------------------------------------------------------

  process_id add_process();

  [[nodiscard]] process_id current() const noexcept {
    return current_;
  }

  /// Does `what` as if that process did it.
  template <class F>
  void in(process_id which, F what) {
    auto before = std::exchange(current_, which);
    what();
    current_ = before;
  }

  /// Lets nothing of this process happen any more.
  void kill(process_id which);

  /// Lets nothing of this process happen before that time is over.
  void pause(process_id which, caf::timespan duration);

  [[nodiscard]] bool is_alive(process_id which) const {
    return processes_[which].alive;
  }

  // -- CAF --------------------------------------------------------------------

  /// Has `job` run at some time.
  void post(caf::resumable* job);

  // -- the end ----------------------------------------------------------------

  /// Ends what blocks, revives who was killed, and does what is to be done
  /// without waiting for anything, so that `stop` can end all actors.
  void end(const action& stop);

  [[nodiscard]] bool is_ending() const noexcept {
    return ending_;
  }

  /// Returns a number that tells two different courses apart.
  [[nodiscard]] uint64_t digest() const noexcept {
    return digest_;
  }

private:
  struct task {
    process_id process = 0;
    /// One of these.
    caf::resumable* job = nullptr;
    fibers::fiber* sleeper = nullptr;
  };

  struct timer {
    process_id process = 0;
    /// One of these.
    caf::action what;
    fibers::fiber* sleeper = nullptr;
  };

  struct process {
    bool alive = true;
    time_point paused_until{};
    /// What could run if the process was not paused, or dead.
    std::vector<task> held;
  };

  bool step();

  bool run_ready();

  bool run_timer();

  void run(const task& x);

  void resume_held(process_id which);

  void add_to_digest(uint64_t x);

  [[nodiscard]] process_id owner_of(caf::resumable* job);

  fibers fibers_;
  runner run_job_;
  std::mt19937_64 random_;
  time_point now_;
  time_point limit_;
  process_id current_ = 0;
  std::vector<process> processes_;
  std::vector<task> ready_;
  std::multimap<time_point, timer> timers_;
  /// Where an actor belongs to, by its id less the first one of this course.
  std::vector<process_id> owners_;
  uint64_t first_id_ = 0;
  bool ending_ = false;
  uint64_t digest_ = 0;
};

} // namespace simulation
