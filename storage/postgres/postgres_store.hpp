#pragma once

#include "session.hpp"

#include "../store.hpp"

namespace inbox::postgres {

/// The store in PostgreSQL: hands each verb to its function in verbs.hpp.
class postgres_store : public store {
public:
  explicit postgres_store(session on);

  caf::expected<written_events> write(const std::vector<event>& xs) override;
  caf::expected<written_and_claimed>
  write_claimed(const write_and_claim& x) override;

  caf::expected<added_route> add(const add_route& x) override;
  caf::expected<void> remove(const remove_route& x) override;
  caf::expected<routed_events> route(const route_events& x) override;
  caf::expected<claimed_deliveries> claim(const claim_deliveries& x) override;
  caf::expected<settled_deliveries> settle(const settle_deliveries& x) override;
  caf::expected<settled_jointly> settle_joint(const settle_jointly& x) override;
  caf::expected<open_transaction_ptr> begin(timespan patience) override;
  caf::expected<renewed_leases> renew(const renew_leases& x) override;
  caf::expected<erased_events> erase(const erase_events& x) override;
  caf::expected<found_owner> look_for(const look_for_owner& x) override;
  caf::expected<event_record> find(const find_event& x) override;
  caf::expected<trace> follow(const find_trace& x) override;
  caf::expected<store_summary> summarize() override;

private:
  session session_;
};

} // namespace inbox::postgres
