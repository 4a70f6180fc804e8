#pragma once

#include "event.hpp"
#include "lease.hpp"
#include "type_ids.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace inbox {

/// How many deliveries of one route a node has room for.
struct route_demand {
  route_id route = 0;
  uint32_t room = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, route_demand& x) {
    return f.object(x).fields(f.field("route", x.route),
                              f.field("room", x.room));
  }
};

/// Returns after how many attempts a delivery is taken for perilous if nobody
/// ended the last one: it may be what kills its processes. The first time it
/// may be a power cut; but before the last attempt one has to know.
[[nodiscard]] constexpr uint32_t perilous_attempts(uint32_t max_attempts) {
  return std::clamp(max_attempts, 2u, 3u) - 1;
}

/// Returns from how many attempts on a perilous delivery is claimed with no
/// other one of the kind: when two attempts are left. Then what is none of its
/// processes' deaths does not die of another one that is.
[[nodiscard]] constexpr uint32_t lone_attempts(uint32_t max_attempts) {
  return std::max(max_attempts, 2u) - 2;
}

/// Takes leases on due deliveries, oldest first.
struct claim_deliveries {
  /// Who claims: one id per running inbox.
  uuid owner{};
  std::vector<route_demand> demand;
  /// Most deliveries to claim over all routes.
  uint32_t limit = 0;
  timespan lease_duration{};
  /// A delivery that has had this many attempts is not claimed but buried.
  uint32_t max_attempts = 0;
  /// Most bytes of payload in one answer. The first delivery is claimed
  /// whatever its size is.
  uint64_t max_bytes = 16 * 1024 * 1024;
  /// Most perilous deliveries to claim, see `perilous_attempts`; one only if
  /// the oldest has to be alone, see `lone_attempts`. If it is not 0, further
  /// ones may be in the way of others.
  uint32_t max_perilous = std::numeric_limits<uint32_t>::max();
  /// Whether most likely nothing is due: then a store may ask that first, if it
  /// is cheaper, and whether there is something to route by the way.
  bool look_first = false;
  /// Whether a store may go on from where its last claim ended, and leave out
  /// what was committed behind that meanwhile and leases that have run out:
  /// then a claim costs the same however much was claimed before.
  bool read_on = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, claim_deliveries& x) {
    return f.object(x).fields(
      f.field("owner", x.owner), f.field("demand", x.demand),
      f.field("limit", x.limit), f.field("lease_duration", x.lease_duration),
      f.field("max_attempts", x.max_attempts),
      f.field("max_bytes", x.max_bytes),
      f.field("max_perilous", x.max_perilous),
      f.field("look_first", x.look_first), f.field("read_on", x.read_on));
  }
};

/// A delivery under a lease, with all that its handler needs.
struct claimed_delivery {
  inbox::lease lease;
  inbox::event event;
  /// Number of this attempt, from 1.
  uint32_t attempt = 0;
  /// Whether it may be what kills its processes.
  bool perilous = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, claimed_delivery& x) {
    return f.object(x).fields(f.field("lease", x.lease),
                              f.field("event", x.event),
                              f.field("attempt", x.attempt),
                              f.field("perilous", x.perilous));
  }
};

/// A delivery that the claim found out of attempts and made `dead`.
struct buried_delivery {
  uuid event_id{};
  std::string event_type;
  std::string handler_key;
  route_id route = 0;
  uint32_t attempts = 0;
  std::string message;

  template <class Inspector>
  friend bool inspect(Inspector& f, buried_delivery& x) {
    return f.object(x).fields(
      f.field("event_id", x.event_id), f.field("event_type", x.event_type),
      f.field("handler_key", x.handler_key), f.field("route", x.route),
      f.field("attempts", x.attempts), f.field("message", x.message));
  }
};

/// Answer to `claim_deliveries`; empty when nothing is due.
struct claimed_deliveries {
  std::vector<claimed_delivery> claimed;
  std::vector<buried_delivery> buried;
  /// Whether something due was left for which there was room: for its size, see
  /// `max_bytes`, since a claim looks at so much and no more, or since others
  /// were about to take it.
  bool more = false;
  /// Whether `route_events` may find something for the routes of the demand;
  /// only told if the claim was to look first.
  bool may_route = false;

  /// Number of rows that the claim used up of its limit.
  [[nodiscard]] size_t size() const noexcept {
    return claimed.size() + buried.size();
  }

  template <class Inspector>
  friend bool inspect(Inspector& f, claimed_deliveries& x) {
    return f.object(x).fields(f.field("claimed", x.claimed),
                              f.field("buried", x.buried),
                              f.field("more", x.more),
                              f.field("may_route", x.may_route));
  }
};

} // namespace inbox
