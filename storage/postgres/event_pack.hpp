#pragma once

#include "rows.hpp"

#include "../payload_blocks.hpp"

#include "../../messages/event.hpp"
#include "../../messages/types.hpp"

#include <string_view>

/// Events that stand beside each other in the table, in one value. A row for
/// each costs the server and libpq more than what is in it.

namespace inbox::postgres {

/// Reads events in packs. Arguments: the first and the last number of each
/// range. Answers a row per range with one column, null where there is nothing:
/// the events one behind the other, in any order, as `unpack` takes them apart.
/// Leaves out those of which the payload or the headers are above
/// `most_packed_bytes`, and those with headers that are stored compressed,
/// since the server has all of a pack in memory. Leaves out the types, which
/// whoever claims knows by the routes.
[[nodiscard]] const char* packed_events_text();

/// Most bytes of a payload in a pack, and of headers.
constexpr int most_packed_bytes = 8192;

/// Takes the number of the event at the front of `pack` off it. Returns false,
/// and leaves the rest undefined, if none can be there.
[[nodiscard]] bool unpack_seq(std::string_view& pack, event_seq& to);

/// Likewise, takes what follows: the event, into one that has nothing but its
/// type. Its payload goes to `payloads`.
[[nodiscard]] bool unpack(std::string_view& pack, event& to,
                          payload_blocks& payloads);

} // namespace inbox::postgres
