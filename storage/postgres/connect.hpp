#pragma once

#include "lookup.hpp"

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

/// Connects to the first server of the URL that can be written to, within
/// `options.connect_timeout`. Each server, and each address of a name, has an
/// even share of the time that is left when its turn comes, so that one which
/// is silent does not use up that of the others. The look up of names is part
/// of it. Not bounded is what libpq does on the way without giving the control
/// back: asking for a Kerberos ticket, reading its files, and, if the URL names
/// a service from a file, looking up that service's hosts, which it then tries
/// by itself.
///
/// The error is transient if that of any server is, since then another attempt
/// may succeed; else it is the last server's.
///
/// The connection is non-blocking and in pipeline mode.
[[nodiscard]] caf::expected<conn_ptr> connect(const store_options& options,
                                              const resolver& how = resolve);

} // namespace inbox::postgres
