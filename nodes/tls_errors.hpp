#pragma once

namespace inbox {

/// Has OpenSSL forget what failed before, whenever it reads from or writes to a
/// connection; for the whole process, from the next context on.
///
/// OpenSSL keeps the errors of a thread in one queue, and takes what is in it
/// for an error of the connection at hand: it wants its callers to empty the
/// queue first. CAF 0.18 does not, so that with one connection that fails, or
/// ends without a goodbye, it closes others of the same thread.
void keep_tls_errors_apart();

} // namespace inbox
