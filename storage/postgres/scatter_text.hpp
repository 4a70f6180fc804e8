#pragma once

namespace inbox::postgres {

/// Gives each delivery of expired claims a lease of its own, as expired. What
/// others are changing is left to the next claim. Argument: routes.
[[nodiscard]] const char* scatter_text();

/// Likewise, of all routes.
[[nodiscard]] const char* scatter_all_text();

} // namespace inbox::postgres
