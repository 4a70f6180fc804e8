#include "spawn_remote_inbox.hpp"

#include "network.hpp"
#include "reconnect.hpp"
#include "remote_inbox.hpp"

#include <random>

namespace inbox {

namespace {

caf::error refuse(const char* field, const char* text) {
  return make_error(errc::invalid, field, text);
}

} // namespace

caf::error remote_options::validate() const {
  auto is_wrong = [](timespan x) {
    return x <= timespan{0} || x > longest_pause;
  };
  if (is_wrong(request_timeout))
    return refuse("request_timeout", "must be positive and a day at most");
  if (auto err = check_reconnect(reconnect))
    return err;
  if (is_wrong(register_interval))
    return refuse("register_interval", "must be positive and a day at most");
  if (max_open_requests == 0)
    return refuse("max_open_requests", "must not be 0");
  if (max_open_bytes == 0)
    return refuse("max_open_bytes", "must not be 0");
  return {};
}

caf::expected<inbox_actor> spawn_remote_inbox(caf::actor_system& sys,
                                              const endpoint& where,
                                              const remote_options& config) {
  if (auto err = check_target(sys, where))
    return err;
  if (auto err = config.validate())
    return err;
  return inbox_actor{
    sys.spawn<remote_inbox_impl>(where, config, middleman_of(sys, where.tls),
                                 uint64_t{std::random_device{}()})};
}

} // namespace inbox
