#include "endpoint.hpp"

#include "tls.hpp"

#include "../messages/error.hpp"

#include <arpa/inet.h>

namespace inbox {

bool is_loopback(std::string_view host) {
  if (host == "localhost")
    return true;
  std::string text{host};
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1)
    return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1
         && IN6_IS_ADDR_LOOPBACK(&v6);
}

caf::error check(const caf::actor_system& sys, const endpoint& x) {
  if (!sys.has_middleman())
    return make_error(errc::invalid, "caf.middleman",
                      "is not loaded: see load_network");
  if (x.host.empty() || x.host.find('\0') != std::string::npos)
    return make_error(errc::invalid, "endpoint.host",
                      "must be a name or an address");
  if (x.tls)
    return check_tls(sys);
  if (!is_loopback(x.host))
    return make_error(errc::invalid, "endpoint.tls",
                      "must be on where other machines can connect");
  return {};
}

caf::error check_target(const caf::actor_system& sys, const endpoint& x) {
  if (auto err = check(sys, x))
    return err;
  if (x.port == 0)
    return make_error(errc::invalid, "endpoint.port", "must not be 0");
  return {};
}

std::string to_string(const endpoint& x) {
  auto is_v6 = x.host.find(':') != std::string::npos;
  return (is_v6 ? '[' + x.host + ']' : x.host) + ':' + std::to_string(x.port);
}

} // namespace inbox
