#include "wake.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

wake_up make_wake_up(std::vector<std::string> event_types) {
  if (event_types.size() > wake_up::most_types)
    event_types.clear();
  return {std::move(event_types)};
}

void merge(wake_up& to, const wake_up& x) {
  if (to.event_types.empty())
    return;
  if (x.event_types.empty()) {
    to.event_types.clear();
    return;
  }
  for (auto& type : x.event_types) {
    auto& known = to.event_types;
    if (std::find(known.begin(), known.end(), type) != known.end())
      continue;
    if (known.size() == wake_up::most_types) {
      known.clear();
      return;
    }
    known.push_back(type);
  }
}

} // namespace inbox
