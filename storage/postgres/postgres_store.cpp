#include "postgres_store.hpp"

#include "handler_transaction.hpp"
#include "verbs.hpp"

#include <utility>

namespace inbox::postgres {

postgres_store::postgres_store(session on) : session_(std::move(on)) {
  // nop
}

caf::expected<written_events>
postgres_store::write(const std::vector<event>& xs) {
  return postgres::write(session_, xs);
}

caf::expected<written_and_claimed>
postgres_store::write_claimed(const write_and_claim& x) {
  return postgres::write_claimed(session_, x);
}

caf::expected<added_route> postgres_store::add(const add_route& x) {
  return postgres::add(session_, x);
}

caf::expected<void> postgres_store::remove(const remove_route& x) {
  return postgres::remove(session_, x);
}

caf::expected<routed_events> postgres_store::route(const route_events& x) {
  return postgres::route(session_, x);
}

caf::expected<claimed_deliveries>
postgres_store::claim(const claim_deliveries& x) {
  return postgres::claim(session_, x);
}

caf::expected<settled_deliveries>
postgres_store::settle(const settle_deliveries& x) {
  return postgres::settle(session_, x);
}

caf::expected<settled_jointly>
postgres_store::settle_joint(const settle_jointly& x) {
  return postgres::settle_joint(session_, x);
}

caf::expected<open_transaction_ptr> postgres_store::begin(timespan patience) {
  return postgres::begin(session_, patience);
}

caf::expected<renewed_leases> postgres_store::renew(const renew_leases& x) {
  return postgres::renew(session_, x);
}

caf::expected<erased_events> postgres_store::erase(const erase_events& x) {
  return postgres::erase(session_, x);
}

caf::expected<found_owner> postgres_store::look_for(const look_for_owner& x) {
  return postgres::look_for(session_, x);
}

caf::expected<event_record> postgres_store::find(const find_event& x) {
  return postgres::find(session_, x);
}

caf::expected<trace> postgres_store::follow(const find_trace& x) {
  return postgres::follow(session_, x);
}

caf::expected<store_summary> postgres_store::summarize() {
  return postgres::summarize(session_);
}

} // namespace inbox::postgres
