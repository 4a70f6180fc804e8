#include "nodes.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdlib>
#include <iostream>
#include <limits>

namespace {

/// Takes its time for each order without blocking the thread that it runs on.
caf::behavior handle_orders(caf::event_based_actor* self,
                            const std::string& name,
                            std::chrono::milliseconds work) {
  return {
    [self, name, work](const inbox::handle_event& x) {
      auto line = name + " begins " + to_string(x.event.id) + ' '
                  + std::to_string(x.attempt) + '\n';
      std::cout << line << std::flush;
      auto reply = self->make_response_promise<inbox::outcome>();
      self->run_delayed(work, [name, id = x.event.id, reply]() mutable {
        std::cout << name + " ends " + to_string(id) + '\n' << std::flush;
        reply.deliver(inbox::done());
      });
      return reply;
    },
  };
}

} // namespace

int run_handler(caf::actor_system& sys, const inbox::endpoint& where,
                const std::string& name, std::chrono::milliseconds work) {
  auto actor = inbox::spawn_remote_inbox(sys, where);
  if (!actor)
    return fail(actor.error());
  inbox::client box{sys, *actor};
  // All handlers of the key have to say that they share it.
  auto handler = sys.spawn(handle_orders, name, work);
  auto added = box.on({"order", "ship", handler, 1, true});
  if (added && *added) {
    std::cout << name + " is ready\n" << std::flush;
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  }
  static_cast<void>(box.drain());
  caf::anon_send_exit(handler, caf::exit_reason::user_shutdown);
  if (!added)
    return fail(added.error());
  if (!*added)
    std::cerr << "there is a handler that does not share its key\n";
  return *added ? EXIT_SUCCESS : EXIT_FAILURE;
}
