#pragma once

/// The statement of a claim, which comes behind the lock of its routes.

namespace inbox::postgres {

/// Claims due deliveries, oldest first. Arguments: routes and the room of each,
/// limit, owner, lease duration, most attempts, most bytes of payload, most
/// perilous ones, from how many attempts they are, per route the number of the
/// event behind which the queue is read, from how many attempts they go out
/// alone, per route how many rows of the queue to look at, and whether others
/// claim side by side with this one. `shared` says that the rooms may add up to
/// more than the limit.
///
/// Answers a row per lease, with the columns: events' numbers, route, token,
/// attempts, whether something was left for which there was room, whether out
/// of attempts, which is not changed, whether it has an ordering key, whether
/// it is perilous, whether the queue may be read from behind it the next time,
/// and the due time.
[[nodiscard]] const char* claim_text(bool shared);

/// Does the same out of the queue alone, with fewer steps, and locks the rows
/// of the queue, so that it may run side by side with others of its kind. A row
/// without numbers of events says that nothing was claimed and why: there may
/// be due deliveries that are not in the queue, if its sixth column is true, or
/// else others have what there is.
[[nodiscard]] const char* claim_queue_text();

} // namespace inbox::postgres
