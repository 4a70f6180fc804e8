#include "trace.hpp"

#include "error.hpp"

namespace inbox {

caf::error check(const find_trace& x) {
  if (x.limit < 1 || x.limit > max_trace_limit)
    return make_error(errc::invalid, "limit",
                      "must be from 1 to " + std::to_string(max_trace_limit));
  return {};
}

} // namespace inbox
