// A node of its own with a handler actor that other nodes may use. Writes the
// port where it can be reached to standard output, then a line for each request
// that it gets. What it answers is up to the event's payload: "done", "fail" at
// the first attempt, "refuse" (an error at the first attempt), or nothing at
// all at "hang". Ends at a line on standard input.
//
// usage: remote_handler URL PREFIX (which it has no use for)

#include <inbox/inbox.hpp>

#include <boost/uuid/uuid_io.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

caf::behavior handler(caf::event_based_actor* self) {
  return {
    [self](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      std::string what{x.event.payload.view()};
      std::cout << x.event.type << ' ' << x.handler_key << ' '
                << to_string(x.event.id) << ' ' << what << ' ' << x.attempt
                << " of " << x.max_attempts << std::endl;
      if (what == "hang")
        return self->make_response_promise<inbox::outcome>();
      if (what == "fail" && x.attempt == 1)
        return inbox::failed("no ink here");
      if (what == "refuse" && x.attempt == 1)
        return inbox::make_error(inbox::errc::busy, "printer", "is in use");
      return inbox::done();
    },
  };
}

} // namespace

int main() {
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::io::middleman::init_global_meta_objects();
  caf::core::init_global_meta_objects();
  caf::actor_system_config cfg;
  cfg.load<caf::io::middleman>();
  caf::actor_system sys{cfg};
  auto actor = sys.spawn(handler);
  auto port = sys.middleman().publish(actor, 0, "127.0.0.1");
  if (!port) {
    std::cerr << to_string(port.error()) << '\n';
    return EXIT_FAILURE;
  }
  std::cout << *port << std::endl;
  std::string line;
  std::getline(std::cin, line);
  std::_Exit(EXIT_SUCCESS); // nothing else ends the promises
}
