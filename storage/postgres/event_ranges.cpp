#include "event_ranges.hpp"

#include "../sort_unless_sorted.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace inbox::postgres {

params event_ranges::take_arguments() {
  return params::of(std::move(first), std::move(last));
}

event_ranges ranges_of(std::vector<event_seq> seqs, int64_t longest) {
  // The events of one route are mostly in their order.
  sort_unless_sorted(seqs.begin(), seqs.end(), std::less<>{});
  seqs.erase(std::unique(seqs.begin(), seqs.end()), seqs.end());
  event_ranges result;
  result.events = seqs.size();
  for (size_t i = 0; i < seqs.size();) {
    auto begin = seqs[i];
    auto end = begin;
    for (++i;
         i < seqs.size() && seqs[i] == end + 1 && end - begin + 1 < longest;
         ++i)
      ++end;
    result.first.push(begin);
    result.last.push(end);
    ++result.count;
  }
  return result;
}

} // namespace inbox::postgres
