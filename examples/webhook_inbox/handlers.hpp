#pragma once

#include <inbox/inbox.hpp>

/// Returns what this service does with the webhooks that it gets. Handlers get
/// every delivery at least once: each has to bear a repetition.
inbox::registry make_handlers();
