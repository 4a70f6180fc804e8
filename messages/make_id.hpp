#pragma once

#include "types.hpp"

#include <chrono>

namespace inbox {

/// Makes an id for an event that has none of its own: a UUID of version 7
/// (RFC 9562). It begins with the time of this machine's clock, in milliseconds
/// and their fractions of 1/4096, and ends with 62 random bits of the system's,
/// so that two are never the same. It is no secret, and tells when it was made.
///
/// Ids made one after another lie together in a store's index, and writing them
/// costs the same however many events are there; random ones cost more with
/// each. What an event already has, like a webhook's own id, is the better id
/// all the same: only that is recognized when the event comes again.
///
/// May be called from any thread. Throws `boost::uuids::entropy_error` if the
/// system has no random bits.
[[nodiscard]] uuid make_id();

/// Returns the id of that time, with the last 62 bits of `random`.
[[nodiscard]] uuid make_id(std::chrono::system_clock::time_point at,
                           const uuid& random);

} // namespace inbox
