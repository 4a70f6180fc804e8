#pragma once

#include <caf/error.hpp>
#include <libpq-fe.h>

#include <string_view>

namespace inbox::postgres {

/// Returns an `errc::invalid` error that names "options.store.url" if `query`,
/// the text behind the "?" of a URL, has a parameter twice. libpq would take
/// the last one without a word.
[[nodiscard]] caf::error check_names(std::string_view query);

/// Likewise if a parameter has a value that libpq refuses only when it
/// connects: then it looks like a server that is out of reach, and would be
/// tried again for ever. Values are not repeated, they may be secrets at the
/// wrong place. `parts` ends with an entry that has no keyword.
[[nodiscard]] caf::error check_values(const PQconninfoOption* parts);

} // namespace inbox::postgres
