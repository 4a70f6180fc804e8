#include "reconnect.hpp"

#include "../messages/error.hpp"

namespace inbox {

caf::error check_reconnect(const backoff& x) {
  if (x.min <= timespan{0} || x.max > longest_pause || x.min > x.max)
    return make_error(errc::invalid, "reconnect",
                      "must be positive, min <= max, a day at most");
  if (!(x.factor >= 1 && x.factor <= 100))
    return make_error(errc::invalid, "reconnect.factor",
                      "must be from 1 to 100");
  return {};
}

} // namespace inbox
