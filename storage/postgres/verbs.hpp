#pragma once

#include "session.hpp"

#include "../store.hpp"

/// The verbs of the store, a file each or a few that belong together.

namespace inbox::postgres {

// -- write.cpp ----------------------------------------------------------------

[[nodiscard]] caf::expected<written_events>
write(session& on, const std::vector<event>& events);

[[nodiscard]] caf::expected<written_and_claimed>
write_claimed(session& on, const write_and_claim& x);

// -- routes.cpp ---------------------------------------------------------------

[[nodiscard]] caf::expected<added_route> add(session& on, const add_route& x);

[[nodiscard]] caf::expected<void> remove(session& on, const remove_route& x);

[[nodiscard]] caf::expected<routed_events> route(session& on,
                                                 const route_events& x);

// -- claim.cpp ----------------------------------------------------------------

[[nodiscard]] caf::expected<claimed_deliveries>
claim(session& on, const claim_deliveries& x);

// -- settle.cpp ---------------------------------------------------------------

[[nodiscard]] caf::expected<settled_deliveries>
settle(session& on, const settle_deliveries& x);

[[nodiscard]] caf::expected<renewed_leases> renew(session& on,
                                                  const renew_leases& x);

// -- settle_joint.cpp ---------------------------------------------------------

[[nodiscard]] caf::expected<settled_jointly>
settle_joint(session& on, const settle_jointly& x);

// -- erase.cpp ----------------------------------------------------------------

[[nodiscard]] caf::expected<erased_events> erase(session& on,
                                                 const erase_events& x);

// -- owners.cpp ---------------------------------------------------------------

[[nodiscard]] caf::expected<found_owner> look_for(session& on,
                                                  const look_for_owner& x);

// -- query.cpp ----------------------------------------------------------------

[[nodiscard]] caf::expected<event_record> find(session& on,
                                               const find_event& x);

[[nodiscard]] caf::expected<store_summary> summarize(session& on);

// -- follow.cpp ---------------------------------------------------------------

[[nodiscard]] caf::expected<trace> follow(session& on, const find_trace& x);

} // namespace inbox::postgres
