#pragma once

#include "../messages/outcome.hpp"

#include <cstdint>
#include <string>

namespace inbox {

/// Returns what a handler answered as it can be settled: its events have ids,
/// and it has failed, with a message that names the field, if its effects or
/// events are bad. A failed one is left without any.
[[nodiscard]] outcome with_joint_work(outcome x, const uuid& cause,
                                      const std::string& handler_key,
                                      uint64_t payload_limit);

} // namespace inbox
