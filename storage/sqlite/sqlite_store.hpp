#pragma once

#include "claim_marks.hpp"
#include "connection.hpp"
#include "statements.hpp"
#include "transaction.hpp"

#include "../joint_batches.hpp"
#include "../open_store.hpp"
#include "../payload_blocks.hpp"
#include "../store.hpp"

#include <string_view>
#include <vector>

namespace inbox::sqlite {

/// A store in a SQLite file. Any number of processes may use the file; SQLite
/// lets one of them write at a time.
class sqlite_store : public store {
public:
  /// Takes an open database whose tables are up to date.
  sqlite_store(std::unique_ptr<connection> db, const std::string& prefix,
               time_source now);

  caf::expected<written_events>
  write(const std::vector<event>& events) override;

  caf::expected<added_route> add(const add_route& x) override;

  caf::expected<void> remove(const remove_route& x) override;

  caf::expected<routed_events> route(const route_events& x) override;

  caf::expected<claimed_deliveries> claim(const claim_deliveries& x) override;

  caf::expected<settled_deliveries> settle(const settle_deliveries& x) override;

  caf::expected<settled_jointly> settle_joint(const settle_jointly& x) override;

  caf::expected<open_transaction_ptr> begin(timespan patience) override;

  caf::expected<renewed_leases> renew(const renew_leases& x) override;

  caf::expected<erased_events> erase(const erase_events& x) override;

  caf::expected<event_record> find(const find_event& x) override;

  caf::expected<trace> follow(const find_trace& x) override;

  caf::expected<store_summary> summarize() override;

private:
  struct candidate;
  class handler_transaction;

  // -- routes -----------------------------------------------------------------

  /// Tells whether events wait for one of these routes.
  bool may_route(const std::vector<route_demand>& to);

  // -- claim ------------------------------------------------------------------

  std::vector<candidate> select(const claim_deliveries& x,
                                const claim_marks::by_route& marks,
                                timestamp now);

  claimed_delivery take(const candidate& x, const event& content,
                        const claim_deliveries& how, timestamp now);

  buried_delivery bury(const candidate& x, const event& content,
                       const claim_deliveries& how, timestamp now);

  event load(event_seq seq, payload_blocks& payloads);

  // -- follow -----------------------------------------------------------------

  /// Reads all but the cause, and counts the deliveries.
  traced_event traced(const query& row);

  // -- settle -----------------------------------------------------------------

  /// Returns whether the lease was held.
  bool apply(const settlement& x, timestamp now);

  /// Tells whether an attempt was ended and nobody has begun another one.
  bool was_ended(const lease& x);

  /// Settles in one transaction with effects and events. Throws a `failure`
  /// that is not to blame on these, or a timeout.
  joint_try settle_together(const joint_batch& batch);

  /// Does so in the transaction that is open, up to the commit.
  joint_try settle_in_open(const joint_batch& batch);

  void commit_joint(transaction& work, joint_try& result);

  std::unique_ptr<connection> db_;
  time_source now_;
  statements sql_;
  /// Argument: seq. Column: bytes of the payload, which is not read for it.
  statement payload_size_;
  /// One per route that is claimed from at once.
  std::vector<statement> select_due_;
  claim_marks marks_;
};

} // namespace inbox::sqlite
