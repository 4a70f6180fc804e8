#pragma once

namespace inbox::postgres {

/// Reads which event came of which. Arguments: id, limit. Columns: 0 for the
/// event and what led to it, of which there may be one more than the limit, or
/// 1 for what it led to, likewise; how many steps from the event; id, type,
/// cause, written_at; and the deliveries that are pending, in progress, failed,
/// done and dead. In the order of the steps, from the event on.
[[nodiscard]] const char* follow_text();

} // namespace inbox::postgres
