#pragma once

#include "open_transaction.hpp"

#include "../messages/claim.hpp"
#include "../messages/delivery.hpp"
#include "../messages/peers.hpp"
#include "../messages/receipt.hpp"
#include "../messages/requests.hpp"
#include "../messages/retention.hpp"
#include "../messages/route.hpp"
#include "../messages/settlement.hpp"
#include "../messages/stats.hpp"
#include "../messages/trace.hpp"
#include "../messages/write_and_claim.hpp"

#include <caf/expected.hpp>

#include <memory>

namespace inbox {

/// The port to a database: one verb per transition of an event or delivery,
/// each its own transaction. Blocking; an object is used by one thread at a
/// time. Any verb may fail with an error of messages/error.hpp. After
/// `connection_lost` and `outcome_unknown` the connection is gone and the store
/// has to be opened anew; after `timeout` it may be, and opening it anew is
/// always right. After all others the store goes on.
///
/// All implementations pass tests/storage/conformance, which says in detail
/// what each verb promises.
class store {
public:
  virtual ~store();

  /// Stores new events with one delivery for each route of their type, and adds
  /// the missing deliveries to events that are there already. All or nothing
  /// per event. One receipt per event, in order; an id that comes twice in
  /// `events` gets `duplicate` the second time. Input has passed `check`.
  [[nodiscard]] virtual caf::expected<written_events>
  write(const std::vector<event>& events) = 0;

  /// Likewise, and takes leases on deliveries of new events as `claim` would:
  /// all of them or fewer, in the same transaction. This one claims nothing.
  [[nodiscard]] virtual caf::expected<written_and_claimed>
  write_claimed(const write_and_claim& x);

  /// Finds or makes the route. Idempotent, also across processes.
  [[nodiscard]] virtual caf::expected<added_route> add(const add_route& x) = 0;

  /// Ends the fan-out to a route, if there is one; its deliveries stay,
  /// claimable by its id. Adding the route again revives it under the same id.
  [[nodiscard]] virtual caf::expected<void> remove(const remove_route& x) = 0;

  /// Gives events without a delivery one per route of their type.
  [[nodiscard]] virtual caf::expected<routed_events>
  route(const route_events& x) = 0;

  /// Leases due deliveries, oldest due time first, then in the order of
  /// writing; counts the attempt. Also those whose lease has expired. Never two
  /// owners for one delivery. A delivery whose ordering key has an earlier
  /// unfinished delivery under the same route waits.
  [[nodiscard]] virtual caf::expected<claimed_deliveries>
  claim(const claim_deliveries& x) = 0;

  /// Ends attempts, each only if its lease's token is current and the lease was
  /// not ended before; others are reported as lost. The answer tells which of
  /// those an earlier call has ended, so that it may be repeated in doubt.
  [[nodiscard]] virtual caf::expected<settled_deliveries>
  settle(const settle_deliveries& x) = 0;

  /// Likewise, each in one transaction with its effects and events, or not at
  /// all. Those whose effects the database refuses are named, with the reason;
  /// the others are settled. After an error, a part may be: call again with
  /// `in_doubt`.
  [[nodiscard]] virtual caf::expected<settled_jointly>
  settle_joint(const settle_jointly& x) = 0;

  /// Begins a transaction for the statements of a handler, none of which takes
  /// longer than `patience`, nor does the pause between two. Fails with
  /// `errc::invalid` in a store without statements, as this one is.
  [[nodiscard]] virtual caf::expected<open_transaction_ptr>
  begin(timespan patience);

  /// Prolongs leases under the same condition as `settle`.
  [[nodiscard]] virtual caf::expected<renewed_leases>
  renew(const renew_leases& x) = 0;

  /// Erases one batch of old events with their deliveries.
  [[nodiscard]] virtual caf::expected<erased_events>
  erase(const erase_events& x) = 0;

  /// Tells whether an owner of leases is connected to the store by its
  /// `wake_channel`, and, if asked, ends the leases of one that is not, as if
  /// they had expired, unless it has claimed or renewed since an earlier look.
  /// This one knows of nobody and ends nothing.
  [[nodiscard]] virtual caf::expected<found_owner>
  look_for(const look_for_owner& x);

  [[nodiscard]] virtual caf::expected<event_record> find(const find_event& x)
    = 0;

  /// Reads which events led to one, and which it led to. Input has passed
  /// `check`.
  [[nodiscard]] virtual caf::expected<trace> follow(const find_trace& x) = 0;

  [[nodiscard]] virtual caf::expected<store_summary> summarize() = 0;
};

using store_ptr = std::unique_ptr<store>;

} // namespace inbox
