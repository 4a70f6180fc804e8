#include "join_write.hpp"

#include "../messages/options.hpp"

namespace inbox {

caf::error check(const join_options& x) {
  return check_prefix("options.prefix", x.prefix);
}

caf::error check(const join_options& x, const std::vector<event>& events) {
  auto err = check(x);
  return err ? err : check(events, x.payload_limit);
}

} // namespace inbox
