#pragma once

#include <string>

/// The statements that complete what is stored already, and what they share
/// with others. Those that add deliveries need the lock on the routes: see
/// `route_access`.

namespace inbox::postgres {

/// Argument: ids. Columns: id, whether a delivery is missing.
[[nodiscard]] const char* look_at_events_text();

/// Argument: ids. Keeps others from completing or erasing them.
[[nodiscard]] const char* lock_events_text();

/// Argument: ids, which are locked. Adds the missing deliveries of events that
/// are there. Columns: id, number of added deliveries.
[[nodiscard]] const char* complete_events_text();

/// Returns the end of a statement with a part `waiting`, which has the columns
/// seq, route_id and ordering_key of deliveries that events without any are to
/// get: a part `fanned` that inserts them, not into the queue.
[[nodiscard]] std::string fan_out_text();

} // namespace inbox::postgres
