#pragma once

#include <algorithm>
#include <vector>

namespace inbox {

/// Adds a value unless it is there. The order is that of the input, whatever
/// the addresses are.
template <class T>
void add_once(std::vector<T>& to, const T& x) {
  if (std::find(to.rbegin(), to.rend(), x) == to.rend())
    to.push_back(x);
}

} // namespace inbox
