#include "far_app.hpp"

namespace flow {

far_app::far_app(const inbox::endpoint& where, inbox::remote_options config,
                 const loader& load)
  : application{[&](caf::actor_system_config& to) {
                  inbox::load_network(to);
                  if (load)
                    load(to);
                },
                [&](caf::actor_system& sys) {
                  return value(inbox::spawn_remote_inbox(sys, where, config));
                },
                config.request_timeout + 1s} {
  // nop
}

caf::actor far_app::spawn_noting_handler(record<inbox::uuid>& got) {
  return spawn_handler([&got](const inbox::handle_event& x) {
    got.add(x.event.id);
    return inbox::done();
  });
}

inbox::remote_options far_app::quick() {
  inbox::remote_options result;
  result.reconnect = {10ms, 100ms, 2};
  result.register_interval = 100ms;
  result.logger = quiet_logger();
  return result;
}

inbox::published_inbox publish(app& shop, inbox::endpoint where) {
  inbox::publish_options config;
  config.logger = quiet_logger();
  return value(
    inbox::publish(shop.system(), shop.actor(), std::move(where), config));
}

} // namespace flow
