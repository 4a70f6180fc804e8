#pragma once

#include <caf/actor_system.hpp>
#include <caf/error.hpp>

namespace inbox {

/// Returns `errc::invalid` with the name of the field if the system cannot
/// offer mutual TLS. CAF reads the names of the files from its configuration:
/// `caf.openssl.certificate` and `caf.openssl.key` are what this node shows,
/// `caf.openssl.cafile` or `capath` whose certificates it takes, all of PEM
/// form; `caf.openssl.passphrase` is that of the key.
///
/// CAF itself would do without authentication if none of them were set, and end
/// the process at the first connection if a file could not be read.
[[nodiscard]] caf::error check_tls(const caf::actor_system& sys);

} // namespace inbox
