#pragma once

#include <string>

/// The statements of a claim. All take due deliveries, oldest first.

namespace inbox::postgres {

/// Claims. Arguments: routes and the room of each, limit, owner, lease
/// duration, most attempts, most bytes of payload. `shared` says that the rooms
/// may add up to more than the limit.
///
/// Columns: seq, route, token, attempts, whether something was left for its
/// size, whether out of attempts; then those of `read_event`, which are null
/// for what is out of attempts: that is not changed.
[[nodiscard]] const std::string& claim_text(bool shared);

/// Buries what a claim found out of attempts and nobody has taken since.
/// Arguments: seqs, routes, tokens, most attempts. Columns: seq, route,
/// attempts, message, event id, event type, handler key, ordering key.
extern const char* const bury_text;

} // namespace inbox::postgres
