#pragma once

#include <string>

namespace inbox::postgres {

/// The parts of a claim's statement that find what fits of the queue, by whole
/// batches. Their last one, `alone`, has no rows where there is anything but
/// the queue: `other`, which comes before them. See claim_text.hpp for the
/// parameters. `passing_over` says that what others have locked is left to
/// them, and that what is looked at gets locked.
[[nodiscard]] std::string queue_text(bool passing_over);

/// The part behind them and `picked`: `withheld` has a row for each route of
/// which others keep something from a claim side by side that has room for it.
[[nodiscard]] const char* withheld_text();

} // namespace inbox::postgres
