#pragma once

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace inbox::postgres {

/// One server to try, in libpq's parameters; those that are empty are left to
/// libpq.
struct host {
  /// A name, an address, or the folder of a socket: `host`.
  std::string name;
  /// Spares the look up of the name: `hostaddr`.
  std::string address;
  std::string port;
};

/// The servers that a URL stands for.
struct host_list {
  std::vector<host> hosts;
  /// Whether libpq was to try them in any order.
  bool shuffled = false;
};

/// Returns the servers of a URL that libpq can read, in the order in which they
/// are to be tried; what the URL leaves out comes from libpq's environment
/// variables. A URL that names a service in libpq's file has one entry without
/// any name, since only libpq reads that file. Fails with `errc::invalid` if
/// the lists do not fit together, or ask for a server that only reads.
[[nodiscard]] caf::expected<host_list> hosts_of(const std::string& url);

/// Returns what stands for `x` in a message: "name port 5432".
[[nodiscard]] std::string to_string(const host& x);

} // namespace inbox::postgres
