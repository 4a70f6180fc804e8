#pragma once

/// What is asked before anything is claimed or routed, since an idle inbox has
/// nothing to do most of the time. Argument: routes.

namespace inbox::postgres {

/// Tells whether events are kept that have a route now.
[[nodiscard]] const char* is_kept_text();

/// Tells whether a claim may find something, and whether events are kept.
[[nodiscard]] const char* look_text();

} // namespace inbox::postgres
