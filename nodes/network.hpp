#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman_actor.hpp>

namespace inbox {

/// Has actor systems of this configuration talk to other nodes: loads CAF's
/// middleman and its OpenSSL module, and has nodes notice within some 10
/// seconds that another one is out of reach though nothing closed the
/// connection
/// (`caf.middleman.heartbeat-interval` 3 s, `connection-timeout` 10 s). What
/// files and command lines say, parsed after that, comes before it.
void load_network(caf::actor_system_config& config);

/// Returns who connects and publishes.
[[nodiscard]] caf::io::middleman_actor middleman_of(caf::actor_system& sys,
                                                    bool tls);

} // namespace inbox
