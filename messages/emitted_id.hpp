#pragma once

#include "types.hpp"

#include <cstddef>
#include <string>

namespace inbox {

/// Returns the id of the event that a handler of `handler_key` emits at `place`
/// when it processes the event `cause`: the same one whenever it is asked for
/// the same, and another one otherwise. So an event that is emitted once more
/// is a duplicate. A UUID of version 5 (RFC 4122) in the namespace of the
/// cause; but that of a cause of version 7, as `make_id` makes them, has the
/// cause's time and version in front, and lies beside it in a store's index.
[[nodiscard]] uuid emitted_id(const uuid& cause, const std::string& handler_key,
                              size_t place);

} // namespace inbox
