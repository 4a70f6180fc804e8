#pragma once

#include <boost/container/deque.hpp>

namespace inbox {

/// A queue that has memory for 64 values at a time. The standard library's has
/// 512 bytes at a time, which is one piece of memory for each of our values.
template <class T>
using block_deque = boost::container::deque<
  T, void, boost::container::deque_options_t<boost::container::block_size<64>>>;

} // namespace inbox
