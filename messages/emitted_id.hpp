#pragma once

#include "types.hpp"

#include <cstddef>
#include <string>

namespace inbox {

/// Returns the id of the event that a handler of `handler_key` emits at `place`
/// when it processes the event `cause`: the same one whenever it is asked for
/// the same, and another one otherwise. So an event that is emitted once more
/// is a duplicate. A UUID of version 5 (RFC 4122) in the namespace of the
/// cause.
[[nodiscard]] uuid emitted_id(const uuid& cause, const std::string& handler_key,
                              size_t place);

} // namespace inbox
