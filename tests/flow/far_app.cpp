#include "far_app.hpp"

namespace flow {

namespace {

std::unique_ptr<caf::actor_system>
make_system(caf::actor_system_config& config,
            const loader& load) {
  inbox::load_network(config);
  if (load)
    load(config);
  return std::make_unique<caf::actor_system>(config);
}

} // namespace

far_app::far_app(const inbox::endpoint& where, inbox::remote_options config,
                 const loader& load)
  : sys_{make_system(config_, load)},
    actor_{value(inbox::spawn_remote_inbox(*sys_, where, config))},
    box_{*sys_, actor_, config.request_timeout + 1s} {
  // nop
}

far_app::~far_app() {
  static_cast<void>(box_.drain());
  for (auto& x : owned_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
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
