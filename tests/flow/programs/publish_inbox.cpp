// An inbox that other nodes use. Writes the port where it is published to
// standard output, and drains at a line on standard input.
//
// usage: publish_inbox URL PREFIX [PORT]

#include <inbox/nodes.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

using namespace std::chrono_literals;

int fail(const caf::error& err) {
  std::cerr << inbox::describe(err) << '\n';
  return EXIT_FAILURE;
}

int run(caf::actor_system& sys, const inbox::options& config,
        const inbox::endpoint& where) {
  auto actor = inbox::spawn_inbox(sys, config);
  if (!actor)
    return fail(actor.error());
  inbox::client box{sys, *actor, config};
  auto published = inbox::publish(sys, *actor, where);
  if (!published) {
    static_cast<void>(box.drain());
    return fail(published.error());
  }
  std::cout << published->where.port << std::endl;
  std::string line;
  std::getline(std::cin, line);
  auto drained = box.drain();
  return drained ? EXIT_SUCCESS : fail(drained.error());
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return EXIT_FAILURE;
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  inbox::options config;
  config.store.url = argv[1];
  config.store.prefix = argv[2];
  config.iteration_rate = 20ms;
  config.iteration_seed = 0;
  config.lease_duration = 2s;
  config.handler_timeout = 1s;
  inbox::endpoint where;
  if (argc > 3)
    where.port = static_cast<uint16_t>(std::stoul(argv[3]));
  caf::actor_system_config cfg;
  inbox::load_network(cfg);
  caf::actor_system sys{cfg};
  return run(sys, config, where);
}
