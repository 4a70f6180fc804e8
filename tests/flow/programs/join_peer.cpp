// An inbox that joins one on the same store. It tells on standard output when
// it is linked and seen in the store, and of each delivery; one whose payload
// is "hang" is held for ever. It ends at a line on standard input.
//
// usage: join_peer URL PREFIX PORT

#include "program.hpp"

#include <inbox/nodes.hpp>

#include <boost/uuid/uuid_io.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

inbox::outcome handle(const inbox::delivery& x) {
  auto hangs = x.event().payload.view() == "hang";
  std::cout << to_string(x.event().id) << ' ' << x.attempt() << std::endl;
  while (hangs && !x.canceled())
    std::this_thread::sleep_for(1ms);
  return x.canceled() ? inbox::failed("canceled") : inbox::done();
}

int run(caf::actor_system& sys, const program::words& words) {
  inbox::options config;
  config.store.url = words.at(1);
  config.store.prefix = words.at(2);
  // Neither polling nor a lease is to come to anybody's aid.
  config.iteration_rate = 60s;
  config.handler_timeout = 60s;
  config.lease_duration = 120s;
  config.drain_grace = 0ms;
  inbox::registry handlers;
  if (auto err = handlers.on("order", "mail", handle))
    return program::fail(err);
  auto actor = inbox::spawn_inbox(sys, config, handlers);
  if (!actor)
    return program::fail(actor.error());
  inbox::client box{sys, *actor, config};
  auto port = static_cast<uint16_t>(std::stoul(words.at(3)));
  auto joined = inbox::join_peer(sys, *actor, {"127.0.0.1", port});
  if (!joined)
    return program::fail(joined.error());
  auto stats = box.stats();
  while (stats
         && (stats->peers == 0 || !stats->present || stats->lanes.empty())) {
    std::this_thread::sleep_for(5ms);
    stats = box.stats();
  }
  std::cout << "joined" << std::endl;
  std::string line;
  std::getline(std::cin, line);
  auto drained = box.drain();
  return drained ? EXIT_SUCCESS : program::fail(drained.error());
}

} // namespace

int main(int argc, char** argv) {
  return program::main(argc, argv, &run, &inbox::load_network);
}
