#include "join_peer.hpp"

#include "network.hpp"
#include "peer_link.hpp"
#include "reconnect.hpp"

#include "../actors/caf_compat.hpp"

#include <caf/scoped_actor.hpp>

#include <random>
#include <utility>

namespace inbox {

void joined_peer::close() const {
  send_anonymously(link, end_duty{});
}

caf::expected<joined_peer>
join_peer(caf::actor_system& sys, const inbox_actor& inbox,
          const endpoint& where, const peer_options& config) {
  if (!inbox)
    return make_error(errc::invalid, "inbox", "must not be a null actor");
  if (auto err = check_target(sys, where))
    return err;
  if (auto err = check_reconnect(config.reconnect))
    return err;
  caf::scoped_actor self{sys};
  caf::expected<uuid> owner{uuid{}};
  request(self, caf::actor_cast<peering_actor>(inbox), caf::infinite,
          get_owner{})
    .receive([&owner](const inbox_owner& x) { owner = x.owner; },
             [&owner](caf::error& err) { owner = std::move(err); });
  if (!owner)
    return make_error(errc::invalid, "inbox",
                      "must be one of this process: "
                        + describe(owner.error()));
  return joined_peer{sys.spawn<peer_link_impl>(
    inbox, *owner, where, config, middleman_of(sys, where.tls),
    uint64_t{std::random_device{}()})};
}

} // namespace inbox
