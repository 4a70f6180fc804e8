#pragma once

#include "rows.hpp"

#include "../payload_blocks.hpp"

#include "../../messages/event.hpp"

namespace inbox::postgres {

/// Reads an event from the columns id, type, payload, date, ordering key,
/// headers and cause of a row, of which `first` is the first one. Its payload
/// goes to `payloads`.
[[nodiscard]] event read_event(rows& from, int row, int first,
                               payload_blocks& payloads);

} // namespace inbox::postgres
