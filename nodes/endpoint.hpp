#pragma once

#include <caf/actor_system.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace inbox {

/// Where an inbox can be reached by other nodes.
struct endpoint {
  /// A name or an address. For publishing, of one of this machine's networks;
  /// "0.0.0.0" and "::" are all of them.
  std::string host = "127.0.0.1";
  /// For publishing, 0 lets the system choose one.
  uint16_t port = 0;
  /// Whether both sides show a certificate and check the other's: see
  /// `check_tls`. Without, only addresses of the machine itself are allowed.
  bool tls = false;
};

/// Tells whether only this machine can reach `host`: "localhost", 127.0.0.0/8
/// or ::1. Other names are not looked up.
[[nodiscard]] bool is_loopback(std::string_view host);

/// Returns `errc::invalid` with the name of the field if `x` cannot be used:
/// the system has no middleman, its configuration has no (good) certificates
/// for TLS, or it is open to other machines without TLS.
[[nodiscard]] caf::error check(const caf::actor_system& sys, const endpoint& x);

/// Likewise, for an endpoint to connect to: it has to name a port.
[[nodiscard]] caf::error check_target(const caf::actor_system& sys,
                                      const endpoint& x);

/// Returns "host:port".
[[nodiscard]] std::string to_string(const endpoint& x);

} // namespace inbox
