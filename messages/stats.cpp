#include "stats.hpp"

namespace inbox {

inbox_stats& inbox_stats::operator+=(const inbox_stats& other) {
  stored += other.stored;
  duplicates += other.duplicates;
  unrouted += other.unrouted;
  writing += other.writing;
  claimed += other.claimed;
  done += other.done;
  failed += other.failed;
  dead += other.dead;
  snoozed += other.snoozed;
  released += other.released;
  lost += other.lost;
  erased += other.erased;
  errors += other.errors;
  open_calls += other.open_calls;
  stuck_workers += other.stuck_workers;
  replaced_workers += other.replaced_workers;
  present = present || other.present;
  peers += other.peers;
  peers_present += other.peers_present;
  lanes.insert(lanes.end(), other.lanes.begin(), other.lanes.end());
  return *this;
}

} // namespace inbox
