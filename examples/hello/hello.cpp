#include <inbox/inbox.hpp>

#include <caf/caf_main.hpp>
#include <future>
#include <iostream>

int caf_main(caf::actor_system& sys) {
  std::promise<void> greeted;
  inbox::registry handlers;
  auto greet = [&greeted](const inbox::delivery& x) {
    std::cout << "hello, " << x.payload() << '\n';
    greeted.set_value();
  };
  if (auto err = handlers.on("visitor_came", "greet", greet))
    return EXIT_FAILURE;
  inbox::options options;
  options.store.url = "memory:";
  auto actor = inbox::spawn_inbox(sys, options, handlers);
  if (!actor)
    return EXIT_FAILURE;
  inbox::client box{sys, *actor};
  if (auto event = inbox::make_event(inbox::make_id(), "visitor_came", "world"))
    if (auto receipt = box.write(*event)) // from here on it is safe
      greeted.get_future().wait();
  return box.drain() ? EXIT_SUCCESS : EXIT_FAILURE;
}

CAF_MAIN(caf::id_block::inbox)
