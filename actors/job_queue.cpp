#include "job_queue.hpp"

#include <algorithm>
#include <iterator>

namespace inbox {

std::vector<job_queue::group> job_queue::take_expired(timespan now) {
  auto goes_on = [now](auto& x) { return x.expires > now; };
  auto over = std::stable_partition(groups_.begin(), groups_.end(), goes_on);
  std::vector<group> result(std::make_move_iterator(over),
                            std::make_move_iterator(groups_.end()));
  groups_.erase(over, groups_.end());
  for (auto& x : result)
    size_ -= x.jobs.size() - x.next;
  return result;
}

} // namespace inbox
