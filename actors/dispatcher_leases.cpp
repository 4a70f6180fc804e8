#include "dispatcher.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

held_leases dispatcher_state::held() const {
  held_leases result;
  for (auto& [which, what] : attempts_)
    if (what.phase != phase::lost)
      result.leases.push_back(which);
  return result;
}

void dispatcher_state::extended(const extend_leases& x) {
  for (auto& which : x.leases)
    if (auto i = attempts_.find(which); i != attempts_.end())
      i->second.trusted_until = std::max(i->second.trusted_until,
                                         x.trusted_until);
}

void dispatcher_state::watch_leases(timespan until) {
  if (until >= watched_until_)
    return; // leases that are renewed meanwhile cost one look too many
  watch_.dispose();
  watched_until_ = until;
  auto left = std::max(until - monotonic_now(self_), timespan{0});
  watch_ = self_->run_delayed(left, [this] {
    watched_until_ = timespan::max();
    give_up_leases();
    watch_leases(next_expiry());
  });
}

timespan dispatcher_state::next_expiry() const {
  auto result = timespan::max();
  for (auto& [which, what] : attempts_) {
    auto matters = what.phase == phase::queued
                   || (what.phase == phase::running && !what.canceled);
    if (matters)
      result = std::min(result, what.trusted_until);
  }
  return result;
}

void dispatcher_state::give_up_leases() {
  auto now = monotonic_now(self_);
  size_t count = 0;
  for (auto& [which, what] : attempts_) {
    if (what.trusted_until > now)
      continue;
    if (what.phase == phase::queued) {
      // As long as nobody has claimed it, this still counts: it was not begun.
      what.where->give_back(which);
      release(what);
      ++count;
    } else if (what.phase == phase::running && !what.canceled) {
      cancel(what);
      ++count;
    }
  }
  flush();
  if (count > 0)
    report_lost(count, "given up: the lease could not be renewed in time");
}

void dispatcher_state::cancel(attempt& what) {
  what.canceled = true;
  what.cancellation.request();
}

void dispatcher_state::lost(const std::vector<lease>& leases) {
  size_t count = 0;
  for (auto& which : leases) {
    auto i = attempts_.find(which);
    if (i == attempts_.end())
      continue;
    auto& what = i->second;
    if (what.phase == phase::running) {
      // Its slot stays taken until the handler answers or its deadline is over.
      cancel(what);
      what.phase = phase::lost;
      ++count;
    } else if (what.phase == phase::queued) {
      what.where->drop(which);
      forget(i);
      ++count;
    }
  }
  if (count > 0)
    report_lost(count, "lost: others have claimed it");
  stats_.lost += count;
  poke_if_room();
  finish_drain();
}

void dispatcher_state::report_lost(size_t count, const char* how) {
  send(self_, notifier_,
       error_occurred{
         make_error(errc::lease_lost, "delivery",
                    std::to_string(count) + " " + std::string{how})});
}

} // namespace inbox
