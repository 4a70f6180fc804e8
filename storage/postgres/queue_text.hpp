#pragma once

namespace inbox::postgres {

/// The parts of a claim's statement that find what fits of the queue, by whole
/// batches. Their last one, `alone`, has no rows where there is anything but
/// the queue: `other`, which comes before them. See claim_text.hpp for the
/// parameters.
[[nodiscard]] const char* queue_text();

} // namespace inbox::postgres
