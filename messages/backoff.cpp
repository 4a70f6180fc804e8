#include "backoff.hpp"

#include <algorithm>
#include <cmath>

namespace inbox {

timespan backoff::ceiling(uint32_t attempt) const {
  // In floating point first: the power overflows a timespan long before an
  // attempt number does.
  auto wanted = static_cast<double>(min.count()) * std::pow(factor, attempt);
  if (!(wanted < static_cast<double>(max.count())))
    return max;
  return std::max(min, timespan{static_cast<timespan::rep>(wanted)});
}

timespan backoff::delay(uint32_t attempt, std::mt19937_64& random) const {
  std::uniform_int_distribution<timespan::rep> wait{min.count(),
                                                    ceiling(attempt).count()};
  return timespan{wait(random)};
}

} // namespace inbox
