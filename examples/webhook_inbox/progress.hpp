#pragma once

#include <inbox/inbox.hpp>

#include <chrono>

/// Waits until no delivery that this inbox has a handler for is unfinished and
/// `stats()` has counted all of them, and shows the way there. Returns an error
/// if the inbox fails, or if nothing moves for `patience`.
caf::error wait_until_finished(const inbox::client& box,
                               std::chrono::seconds patience);
