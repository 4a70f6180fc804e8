#pragma once

#include "type_ids.hpp"
#include "types.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace inbox {

/// A claim on one delivery. The token grows with every claim of the delivery,
/// so that a statement with an old token changes nothing: the fence.
struct lease {
  event_seq seq = 0;
  route_id route = 0;
  int64_t token = 0;
  /// Whether the delivery has an ordering key: its end lets the next one of the
  /// key go. No part of the lease's identity.
  bool ordered = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, lease& x) {
    return f.object(x).fields(f.field("seq", x.seq), f.field("route", x.route),
                              f.field("token", x.token),
                              f.field("ordered", x.ordered));
  }

  friend bool operator==(const lease& x, const lease& y) {
    return std::tie(x.seq, x.route, x.token)
           == std::tie(y.seq, y.route, y.token);
  }

  friend bool operator<(const lease& x, const lease& y) {
    return std::tie(x.seq, x.route, x.token)
           < std::tie(y.seq, y.route, y.token);
  }
};

/// Prolongs leases by `duration` from now. Leases that are no longer held are
/// not touched and reported as lost.
struct renew_leases {
  std::vector<lease> leases;
  timespan duration{};

  template <class Inspector>
  friend bool inspect(Inspector& f, renew_leases& x) {
    return f.object(x).fields(f.field("leases", x.leases),
                              f.field("duration", x.duration));
  }
};

/// Answer to `renew_leases`.
struct renewed_leases {
  std::vector<lease> lost;

  template <class Inspector>
  friend bool inspect(Inspector& f, renewed_leases& x) {
    return f.object(x).fields(f.field("lost", x.lost));
  }
};

} // namespace inbox
