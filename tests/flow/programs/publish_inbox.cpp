// An inbox that other nodes use. Writes the port where it is published to
// standard output, and drains at a line on standard input.
//
// usage: publish_inbox URL PREFIX [PORT]

#include "program.hpp"

#include <inbox/nodes.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

using namespace std::chrono_literals;

int run(caf::actor_system& sys, const program::words& words) {
  inbox::options config;
  config.store.url = words.at(1);
  config.store.prefix = words.at(2);
  config.iteration_rate = 20ms;
  config.iteration_seed = 0;
  config.lease_duration = 2s;
  config.handler_timeout = 1s;
  inbox::endpoint where;
  if (words.size() > 3)
    where.port = static_cast<uint16_t>(std::stoul(words[3]));
  auto actor = inbox::spawn_inbox(sys, config);
  if (!actor)
    return program::fail(actor.error());
  inbox::client box{sys, *actor, config};
  auto published = inbox::publish(sys, *actor, where);
  if (!published) {
    static_cast<void>(box.drain());
    return program::fail(published.error());
  }
  std::cout << published->where.port << std::endl;
  std::string line;
  std::getline(std::cin, line);
  auto drained = box.drain();
  return drained ? EXIT_SUCCESS : program::fail(drained.error());
}

} // namespace

int main(int argc, char** argv) {
  return program::main(argc, argv, &run, &inbox::load_network);
}
