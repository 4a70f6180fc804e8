#pragma once

#include "params.hpp"

#include "../../messages/types.hpp"

#include <vector>

namespace inbox::postgres {

/// Returns what reading events takes: the first and the last number of each
/// range without a gap. The numbers may come in any order, and more than once.
/// See `claimed_events_text`.
[[nodiscard]] params event_ranges(std::vector<event_seq> seqs);

} // namespace inbox::postgres
