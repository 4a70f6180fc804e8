#pragma once

#include "tables.hpp"

#include "../open_store.hpp"
#include "../store.hpp"

#include <memory>

namespace inbox::memory {

/// A store without a database, for tests and for what may be lost: its data
/// lives as long as some store of the same name is open in this process. It is
/// the model that the other stores are compared with.
class memory_store : public store {
public:
  memory_store(std::shared_ptr<tables> data, time_source now);

  caf::expected<written_events>
  write(const std::vector<event>& events) override;

  caf::expected<written_and_claimed>
  write_claimed(const write_and_claim& x) override;

  caf::expected<added_route> add(const add_route& x) override;

  caf::expected<void> remove(const remove_route& x) override;

  caf::expected<routed_events> route(const route_events& x) override;

  caf::expected<claimed_deliveries> claim(const claim_deliveries& x) override;

  caf::expected<settled_deliveries> settle(const settle_deliveries& x) override;

  caf::expected<settled_jointly> settle_joint(const settle_jointly& x) override;

  caf::expected<renewed_leases> renew(const renew_leases& x) override;

  caf::expected<erased_events> erase(const erase_events& x) override;

  caf::expected<event_record> find(const find_event& x) override;

  caf::expected<trace> follow(const find_trace& x) override;

  caf::expected<store_summary> summarize() override;

private:
  receipt write(const event& x, timestamp now);

  /// Tells whether events wait for one of these routes.
  [[nodiscard]] bool may_route(const std::vector<route_demand>& to) const;

  /// Ends the attempt, or adds it to what `result` has of lost ones.
  template <class Result>
  bool settle(const settlement& x, timestamp now, Result& result);

  /// Returns the delivery if the lease is still held, else null.
  delivery_row* find_leased(const lease& x);

  /// Tells whether the lease was the delivery's last one, and is over.
  bool was_ended(const lease& x);

  std::shared_ptr<tables> data_;
  time_source now_;
};

} // namespace inbox::memory
