#pragma once

#include "address.hpp"

#include <caf/error.hpp>
#include <libpq-fe.h>

#include <string>
#include <vector>

namespace inbox::postgres {

/// Returns the SQLSTATE in a verbose message of libpq, empty if it has none.
/// libpq tells it in no other way before a connection is made.
[[nodiscard]] std::string state_in(std::string_view message);

/// Makes an error of an attempt to connect that libpq has ended. No password is
/// in it, wherever that came from.
[[nodiscard]] caf::error connect_error(PGconn* conn, const address& to);

/// Makes one error of those of all servers, in the order of the attempts: its
/// class is that of the last one, or of the last transient one if there is any.
[[nodiscard]] caf::error combine(const std::vector<caf::error>& failures);

} // namespace inbox::postgres
