// Claims deliveries and never ends one: its handler tells of each on standard
// output, and then waits, or kills the process.
//
// usage: hold_delivery URL PREFIX MAX_ATTEMPTS wait|die

#include <inbox/inbox.hpp>

#include <boost/uuid/uuid_io.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <csignal>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

int run(caf::actor_system& sys, const std::vector<std::string>& words) {
  using namespace std::chrono_literals;
  inbox::options options;
  options.store.url = words.at(1);
  options.store.prefix = words.at(2);
  options.max_attempts = static_cast<uint32_t>(std::stoul(words.at(3)));
  options.iteration_rate = 20ms;
  options.iteration_seed = 0;
  options.handler_timeout = 900ms;
  options.lease_duration = 1s;
  auto dies = words.at(4) == "die";
  inbox::registry handlers;
  auto hold = [dies](const inbox::delivery& x) {
    std::cout << to_string(x.event().id) << ' ' << x.attempt() << std::endl;
    if (dies)
      std::raise(SIGKILL);
    for (;;)
      std::this_thread::sleep_for(1h);
  };
  if (handlers.on("order", "mail", hold))
    return EXIT_FAILURE;
  auto box = inbox::spawn_inbox(sys, options, handlers);
  if (!box) {
    std::cerr << inbox::describe(box.error()) << '\n';
    return EXIT_FAILURE;
  }
  sys.await_all_actors_done();
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  return run(sys, {argv, argv + argc});
}
