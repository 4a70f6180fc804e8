#include "network.hpp"

#include "tls_errors.hpp"

#include <caf/io/middleman.hpp>

#if INBOX_HAS_TLS
#  include <caf/openssl/manager.hpp>
#endif

#include <chrono>
#include <mutex>

namespace inbox {

void load_network(caf::actor_system_config& config) {
  static std::once_flag once;
  std::call_once(once, [] { caf::io::middleman::init_global_meta_objects(); });
  config.load<caf::io::middleman>();
#if INBOX_HAS_TLS
  config.load<caf::openssl::manager>();
  keep_tls_errors_apart();
#endif
  config.set("caf.middleman.heartbeat-interval",
             caf::timespan{std::chrono::seconds{3}});
  config.set("caf.middleman.connection-timeout",
             caf::timespan{std::chrono::seconds{10}});
}

caf::io::middleman_actor middleman_of(caf::actor_system& sys, bool tls) {
#if INBOX_HAS_TLS
  if (tls)
    return sys.openssl_manager().actor_handle();
#endif
  static_cast<void>(tls);
  return sys.middleman().actor_handle();
}

} // namespace inbox
