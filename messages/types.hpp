#pragma once

#include <boost/uuid/uuid.hpp>
#include <caf/inspector_access.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstdint>

namespace inbox {

/// Identifies an event. The sender chooses it; it is what makes a redelivery
/// recognizable.
using uuid = boost::uuids::uuid;

/// A point in time, UTC, in microseconds: the resolution of PostgreSQL's
/// `timestamptz`. Nanoseconds would end in the year 2262.
using timestamp = std::chrono::time_point<std::chrono::system_clock,
                                          std::chrono::microseconds>;

/// A duration in nanoseconds; stores round it down to microseconds.
using caf::timespan;

/// Position of an event in its store: grows with every write, never reused.
using event_seq = int64_t;

/// Number that a store gives to an (event type, handler key) pair.
using route_id = int32_t;

} // namespace inbox

namespace caf {

/// Lets messages carry `boost::uuids::uuid` as its 16 bytes.
template <>
struct inspector_access<boost::uuids::uuid>
  : inspector_access_base<boost::uuids::uuid> {
  template <class Inspector>
  static bool apply(Inspector& f, boost::uuids::uuid& x) {
    if (!f.begin_tuple(boost::uuids::uuid::static_size()))
      return false;
    for (auto& byte : x)
      if (!f.apply(byte))
        return false;
    return f.end_tuple();
  }
};

} // namespace caf
