#pragma once

#include <string>

namespace inbox::postgres {

/// Returns the part of a claim that looks for due deliveries which are not in
/// the queue: from a part `wish` with the columns route_id and room, and the
/// parameters of `claim_text`, a part `other`. Its rows are locked. `shared` is
/// that of `claim_text`.
[[nodiscard]] std::string others_text(bool shared);

/// Returns a part `other` that only tells whether there may be such deliveries:
/// it has a row then. Locks nothing.
[[nodiscard]] std::string any_other_text();

/// Returns the query that tells it for one route, which is that of the row
/// `of`: a row without columns, or none.
[[nodiscard]] std::string first_due_text();

} // namespace inbox::postgres
