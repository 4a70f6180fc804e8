#include "event_ranges.hpp"

#include "../sort_unless_sorted.hpp"

#include <functional>
#include <utility>

namespace inbox::postgres {

params event_ranges(std::vector<event_seq> seqs) {
  // The events of one route are mostly in their order.
  sort_unless_sorted(seqs.begin(), seqs.end(), std::less<>{});
  column<int64_t> first;
  column<int64_t> last;
  for (size_t i = 0; i < seqs.size(); ++i) {
    if (i == 0 || seqs[i] > seqs[i - 1] + 1)
      first.push(seqs[i]);
    if (i + 1 == seqs.size() || seqs[i + 1] > seqs[i] + 1)
      last.push(seqs[i]);
  }
  return params::of(std::move(first), std::move(last));
}

} // namespace inbox::postgres
