#pragma once

#include "address.hpp"

#include "../../messages/options.hpp"

#include <caf/expected.hpp>
#include <libpq-fe.h>

#include <memory>

namespace inbox::postgres {

struct connection_deleter {
  void operator()(PGconn* x) const noexcept {
    PQfinish(x);
  }
};

/// Owns one connection of libpq.
using conn_ptr = std::unique_ptr<PGconn, connection_deleter>;

/// Connects within `options.connect_timeout`, without blocking but for the look
/// up of a host's name, which libpq leaves to the system. The connection is
/// non-blocking and in pipeline mode.
[[nodiscard]] caf::expected<conn_ptr> connect(const store_options& options);

} // namespace inbox::postgres
