#include "publish.hpp"

#include "network.hpp"
#include "publisher.hpp"

#include "../actors/caf_compat.hpp"

#include <caf/scoped_actor.hpp>

#include <utility>

namespace inbox {

void published_inbox::close() const {
  send_anonymously(publisher, end_duty{});
}

caf::expected<published_inbox>
publish(caf::actor_system& sys, const inbox_actor& inbox, const endpoint& where,
        const publish_options& config) {
  if (!inbox)
    return make_error(errc::invalid, "inbox", "must not be a null actor");
  if (auto err = check(sys, where))
    return err;
  published_inbox result{where,
                         sys.spawn<publisher_impl>(
                           inbox, where, config.max_handlers, config.max_peers,
                           middleman_of(sys, where.tls), config.logger)};
  caf::scoped_actor self{sys};
  caf::error failure;
  request(self, result.publisher, caf::infinite, caf::publish_atom_v)
    .receive([&result](uint16_t port) { result.where.port = port; },
             [&failure](caf::error& err) { failure = std::move(err); });
  if (!failure)
    return result;
  result.close();
  return failure;
}

} // namespace inbox
