#include "nodes.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <limits>

int run_storage(caf::actor_system& sys, const std::string& store,
                const inbox::endpoint& where, std::chrono::seconds deadline,
                const std::vector<inbox::endpoint>& peers) {
  inbox::options options;
  options.store.url = store;
  options.handler_timeout = deadline;
  options.lease_duration = std::max<inbox::timespan>(options.lease_duration,
                                                     2 * deadline);
  auto actor = inbox::spawn_inbox(sys, options);
  if (!actor)
    return fail(actor.error());
  inbox::client box{sys, *actor, options};
  auto published = inbox::publish(sys, *actor, where);
  if (!published) {
    static_cast<void>(box.drain());
    return fail(published.error());
  }
  for (auto& peer : peers)
    if (auto joined = inbox::join_peer(sys, *actor, peer); !joined) {
      static_cast<void>(box.drain());
      return fail(joined.error());
    }
  std::cout << published->where.port << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  auto report = box.drain();
  return report ? EXIT_SUCCESS : fail(report.error());
}
