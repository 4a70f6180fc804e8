#pragma once

namespace inbox::postgres {

/// Ends attempts. Answers the number of each that its lease's token was still
/// good for, from 1, with what is known of it.
[[nodiscard]] const char* settle_text();

/// Answers the numbers of those leases that an earlier call has ended.
[[nodiscard]] const char* ended_text();

/// Prolongs leases. Answers the number of each whose token was still good.
[[nodiscard]] const char* renew_text();

} // namespace inbox::postgres
