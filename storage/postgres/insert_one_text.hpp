#pragma once

namespace inbox::postgres {

/// Returns the statement of `insert_text` for one event by itself that is taken
/// to be new and has no ordering key, with the same arguments and the same
/// answer. It goes through a third of the steps: while there is little to do,
/// the server takes longer to begin and end them than to store the event.
[[nodiscard]] const char* insert_one_text(bool claims);

} // namespace inbox::postgres
