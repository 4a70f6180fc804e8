#include "progress.hpp"

#include "terminal.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace {

using clock_type = std::chrono::steady_clock;

struct work {
  uint64_t waiting = 0;
  uint64_t running = 0;
  uint64_t done = 0;
  uint64_t dead = 0;

  uint64_t unfinished() const {
    return waiting + running;
  }
};

bool operator!=(const work& x, const work& y) {
  return x.waiting != y.waiting || x.running != y.running || x.done != y.done
         || x.dead != y.dead;
}

work count(const inbox::store_summary& summary) {
  work result;
  for (auto& x : summary.routes) {
    if (!x.handled_here)
      continue;
    result.waiting += x.pending + x.failed;
    result.running += x.in_progress;
    result.done += x.done;
    result.dead += x.dead;
  }
  return result;
}

void show(const work& now) {
  show_progress("waiting " + std::to_string(now.waiting) + ", running "
                + std::to_string(now.running) + ", done "
                + std::to_string(now.done) + ", dead "
                + std::to_string(now.dead));
}

/// Tells whether the inbox has nothing in its hands. The store may say that all
/// is done before the inbox has heard of that commit and counted it.
bool is_idle(const inbox::inbox_stats& stats) {
  return std::all_of(stats.lanes.begin(), stats.lanes.end(),
                     [](const inbox::lane_stats& x) {
                       return x.queued + x.running + x.settling == 0;
                     });
}

} // namespace

caf::error wait_until_finished(const inbox::client& box,
                               std::chrono::seconds patience) {
  work before;
  auto moved = clock_type::now();
  for (;;) {
    auto summary = box.summary();
    if (!summary && !inbox::is_transient(summary.error()))
      return summary.error();
    if (summary) {
      auto now = count(*summary);
      show(now);
      if (now.unfinished() == 0) {
        auto stats = box.stats();
        if (!stats && !inbox::is_transient(stats.error()))
          return stats.error();
        if (stats && is_idle(*stats))
          return {};
      }
      if (now != before)
        moved = clock_type::now();
      before = now;
    }
    if (clock_type::now() - moved > patience)
      return inbox::make_error(inbox::errc::timeout, "inbox",
                               "nothing moves any more");
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
}
