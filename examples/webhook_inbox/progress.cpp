#include "progress.hpp"

#include <unistd.h>

#include <iostream>
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

void show(const work& now, bool last) {
  static const auto is_terminal = isatty(STDERR_FILENO) == 1;
  if (is_terminal)
    std::cerr << "\r\033[Kwaiting " << now.waiting << ", running "
              << now.running << ", done " << now.done << ", dead " << now.dead
              << (last ? "\n" : "") << std::flush;
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
      show(now, now.unfinished() == 0);
      if (now.unfinished() == 0)
        return {};
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
