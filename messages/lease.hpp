#pragma once

#include "type_ids.hpp"
#include "types.hpp"

#include <cstddef>
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

/// So that leases can be looked up: those of one claim differ in what they are
/// leases of, those of one delivery in their token.
struct lease_hash {
  [[nodiscard]] size_t operator()(const lease& x) const noexcept {
    // Neighbours are to be neighbours in a table as well: most are looked up
    // one after another.
    return static_cast<size_t>(x.seq)
           + static_cast<size_t>(x.token) * 0x9e3779b1u
           + static_cast<size_t>(x.route) * 0x85ebca77u;
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
