#pragma once

namespace inbox::postgres {

/// Keeps others from changing claims, and from giving what is in them leases of
/// its own. Argument: tokens. Comes before the two that end or prolong leases,
/// which then see what others did until the locks were there.
[[nodiscard]] const char* hold_claims_text();

/// Ends attempts. Arguments: of those that are not done, events' numbers,
/// routes, tokens, progress, delays, whether uncounted, messages; of those that
/// are, all events' numbers, put together by token and route, and per token its
/// own, its route, and where its numbers begin and end. Answers the number,
/// from 1 and in this order, of each whose lease's token was no longer good for
/// it; and without a number, what others may wait for: route, event and
/// ordering key of each that is final.
[[nodiscard]] const char* settle_text();

/// Answers the numbers of those leases that an earlier call has ended.
[[nodiscard]] const char* ended_text();

/// Prolongs leases. Answers the number of each whose token was no longer good.
[[nodiscard]] const char* renew_text();

} // namespace inbox::postgres
