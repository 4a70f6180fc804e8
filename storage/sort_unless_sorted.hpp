#pragma once

#include <algorithm>

namespace inbox {

/// Sorts what mostly comes in its order: then it is only looked through.
template <class Iterator, class Less>
void sort_unless_sorted(Iterator begin, Iterator end, Less less) {
  if (!std::is_sorted(begin, end, less))
    std::stable_sort(begin, end, less);
}

} // namespace inbox
