#pragma once

#include "lookup.hpp"

#include "../../messages/options.hpp"

#include <caf/expected.hpp>
#include <libpq-fe.h>

#include <memory>

namespace inbox::postgres {

struct connection_deleter {
  void operator()(PGconn* x) const noexcept {
    if (!borrowed) {
      PQfinish(x);
      return;
    }
    // Neither works on one that is lost, which its owner can only reset.
    PQexitPipelineMode(x);
    PQsetnonblocking(x, blocking ? 0 : 1);
  }

  /// Whether somebody else owns it, who gets it back as it was.
  bool borrowed = false;
  /// For a borrowed one: whether its owner has it wait.
  bool blocking = false;
};

/// Owns one connection of libpq, or has borrowed it.
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

/// Borrows a connection whose transaction is open, for as long as the result
/// lives; its owner does not use it meanwhile. Fails with `errc::invalid`
/// naming "connection" unless a transaction is open that goes on, the
/// connection is idle and not in pipeline mode, and its encoding is UTF-8.
[[nodiscard]] caf::expected<conn_ptr> borrow(PGconn* conn);

} // namespace inbox::postgres
