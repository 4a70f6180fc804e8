#pragma once

namespace inbox::postgres {

/// Keeps others from changing claims, and from giving what is in them leases of
/// its own. Argument: tokens. Comes before the two that end or prolong leases,
/// which then see what others did until the locks were there.
[[nodiscard]] const char* hold_claims_text();

/// Ends attempts. Answers the number of each that its lease's token was still
/// good for, from 1, with what is known of it.
[[nodiscard]] const char* settle_text();

/// Answers the numbers of those leases that an earlier call has ended.
[[nodiscard]] const char* ended_text();

/// Prolongs leases. Answers the number of each whose token was still good.
[[nodiscard]] const char* renew_text();

} // namespace inbox::postgres
