#pragma once

#include <inbox/inbox.hpp>

#include <string>
#include <vector>

namespace chaos {

/// Commits what a handler would have answered on a connection of its own, as a
/// handler does that knows nothing of effects. Throws std::runtime_error, and
/// has changed nothing then, unless the connection was lost at the commit.
void run_in_own_transaction(const std::string& url,
                            const std::vector<inbox::sql_effect>& effects);

} // namespace chaos
