#pragma once

#include "application.hpp"
#include "caf_world.hpp"
#include "database.hpp"
#include "plan.hpp"
#include "recorder.hpp"
#include "world.hpp"

#include "../chaos/checker.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace simulation {

/// What came of one seed.
struct report {
  chaos::findings found;
  size_t calls = 0;
  /// Calls for what a living process had handled already.
  size_t repeated = 0;
  /// Calls that a living process had to cancel.
  size_t canceled = 0;
  size_t kills = 0;
  size_t stalls = 0;
  size_t outages = 0;
  /// What the checker does not see.
  std::vector<std::string> violations;
  /// Tells two courses apart.
  uint64_t digest = 0;

  /// Adds the counts of another seed, and its violations.
  void add(const report& x);

  [[nodiscard]] bool good() const {
    return found.lost == 0 && found.settled_twice == 0 && found.trapped == 0
           && found.out_of_order == 0 && violations.empty();
  }
};

/// Runs one made-up course of events after another: some processes with an
/// inbox each, on one database, and what befalls them. All of it follows from
/// the seed.
class simulator {
public:
  simulator();

  ~simulator();

  [[nodiscard]] report run(uint64_t seed, bool tracing = false);

private:
  void start_process();

  void schedule_faults();

  void fault_once(uint64_t which);

  /// Returns a process that is at work, or none.
  std::shared_ptr<application> pick_living();

  [[nodiscard]] bool is_finished() const;

  /// Lets all be well, and waits until all is done.
  void settle_down();

  void drain_all();

  void look_for_untold_deaths();

  void look_for_late_calls();

  [[nodiscard]] bool is_unordered(const std::string& event_id) const;

  void end();

  world world_;
  caf_world caf_;
  recorder log_;
  database store_;
  std::vector<std::shared_ptr<application>> processes_;
  plan plan_;
  size_t ids_ = 0;
  size_t stalls_ = 0;
  size_t outages_ = 0;
  bool is_over_ = false;
};

} // namespace simulation
