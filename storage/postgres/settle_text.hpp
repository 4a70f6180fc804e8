#pragma once

namespace inbox::postgres {

/// Keeps others from changing claims, and from giving what is in them leases of
/// its own. Argument: tokens. Comes before the two that end or prolong leases,
/// which then see what others did until the locks were there.
[[nodiscard]] const char* hold_claims_text();

/// Ends attempts. Arguments: events' numbers, routes, tokens, progress, delays,
/// whether uncounted, messages; and once more those that are done, put together
/// by token and route: all their numbers, and per token its own, its route, and
/// where its numbers begin and end. Answers the number, from 1, of each whose lease's token was
/// no longer good for it; and without a number, what others may wait for:
/// route, event and ordering key of each that is final.
[[nodiscard]] const char* settle_text();

/// Answers the numbers of those leases that an earlier call has ended.
[[nodiscard]] const char* ended_text();

/// Prolongs leases. Answers the number of each whose token was no longer good.
[[nodiscard]] const char* renew_text();

} // namespace inbox::postgres
