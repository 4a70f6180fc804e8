#pragma once

#include <string>

/// The statements that write events and fan them out to the routes of their
/// types. Each needs the lock on the routes: see `route_access`.

namespace inbox::postgres {

/// Arguments: ids, types, payloads, dates, ordering keys, headers, causes; each
/// id once. The causes may be fewer: the others have none. Stores what is not
/// there yet. Columns: id, number of deliveries.
[[nodiscard]] const char* insert_events_text();

/// Likewise, and claims what there is room for. Further arguments: owner, lease
/// duration, routes, room of each. Further columns: number of the event; and a
/// row per lease with nothing but the columns behind these: events' numbers,
/// route, token.
[[nodiscard]] const char* insert_and_claim_text();

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
