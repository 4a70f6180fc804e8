// A node of its own with a handler actor that other nodes may use. Writes the
// port where it can be reached to standard output, then a line for each request
// that it gets. What it answers is up to the event's payload: "done", "fail" at
// the first attempt, "refuse" (an error at the first attempt), or nothing at
// all at "hang". Ends at a line on standard input.
//
// With the port of a published inbox it registers there for "order" and "mail",
// with others, and says "joined" instead of a port.
//
// usage: remote_handler URL PREFIX [PORT] (the first two it has no use for)

#include <inbox/nodes.hpp>

#include <boost/uuid/uuid_io.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

caf::behavior handler(caf::event_based_actor* self) {
  return {
    [self](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      std::string what{x.event.payload.view()};
      // In one piece, since the main thread writes too.
      std::cout << x.event.type + ' ' + x.handler_key + ' '
                     + to_string(x.event.id) + ' ' + what + ' '
                     + std::to_string(x.attempt) + " of "
                     + std::to_string(x.max_attempts) + '\n'
                << std::flush;
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

void join(caf::actor_system& sys, const caf::actor& who, const char* port) {
  inbox::endpoint where;
  where.port = static_cast<uint16_t>(std::stoul(port));
  auto box = inbox::spawn_remote_inbox(sys, where);
  if (!box)
    throw std::runtime_error{inbox::describe(box.error())};
  auto added = inbox::client{sys, *box}.on({"order", "mail", who, 1, true});
  if (!added || !*added)
    throw std::runtime_error{"there is another handler"};
  std::cout << "joined\n" << std::flush;
}

void publish(caf::actor_system& sys, const caf::actor& who) {
  auto port = sys.middleman().publish(who, 0, "127.0.0.1");
  if (!port)
    throw std::runtime_error{to_string(port.error())};
  std::cout << *port << std::endl;
}

} // namespace

int main(int argc, char** argv) {
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  caf::actor_system_config cfg;
  inbox::load_network(cfg);
  caf::actor_system sys{cfg};
  auto actor = sys.spawn(handler);
  if (argc > 3)
    join(sys, actor, argv[3]);
  else
    publish(sys, actor);
  std::string line;
  std::getline(std::cin, line);
  std::_Exit(EXIT_SUCCESS); // nothing else ends the promises
}
