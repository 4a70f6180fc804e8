#pragma once

#include "claim.hpp"
#include "event.hpp"
#include "receipt.hpp"
#include "type_ids.hpp"

#include <vector>

namespace inbox {

/// Stores events like `write_events`, and takes leases on new deliveries of
/// theirs in the same transaction where a store can do that: then they need not
/// be looked for. What has an ordering key is left to a claim.
struct write_and_claim {
  std::vector<event> events;
  /// Who claims: one id per running inbox.
  uuid owner{};
  /// Most deliveries to claim of each route. Of one that has more, a part or
  /// none is claimed.
  std::vector<route_demand> demand;
  timespan lease_duration{};

  template <class Inspector>
  friend bool inspect(Inspector& f, write_and_claim& x) {
    return f.object(x).fields(f.field("events", x.events),
                              f.field("owner", x.owner),
                              f.field("demand", x.demand),
                              f.field("lease_duration", x.lease_duration));
  }
};

/// Answer to `write_and_claim`.
struct written_and_claimed {
  /// One per event, in the same order.
  std::vector<receipt> receipts;
  /// Each at its first attempt.
  std::vector<claimed_delivery> claimed;

  template <class Inspector>
  friend bool inspect(Inspector& f, written_and_claimed& x) {
    return f.object(x).fields(f.field("receipts", x.receipts),
                              f.field("claimed", x.claimed));
  }
};

} // namespace inbox
