#pragma once

#include "rows.hpp"

#include "../../messages/event.hpp"

namespace inbox::postgres {

/// Reads an event from the columns id, type, payload, date, ordering key,
/// headers and cause of a row, of which `first` is the first one.
[[nodiscard]] event read_event(rows& from, int row, int first);

} // namespace inbox::postgres
