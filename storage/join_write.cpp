#include "join_write.hpp"

#include "../messages/options.hpp"

namespace inbox {

caf::error check(const join_options& x) {
  return check_prefix("options.prefix", x.prefix);
}

} // namespace inbox
