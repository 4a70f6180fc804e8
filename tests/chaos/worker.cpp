// One of the processes of a chaos run: writes events and handles them, until it
// is killed. Reads lines: at "quiet" it writes no more, at "end" it drains and
// ends.
//
// Its inbox is published at PORT, and joins those that are published at others.
//
// usage: chaos_worker URL NUMBER SEED HISTORY PORT [OTHER]...

#include "workload.hpp"

#include <inbox/nodes.hpp>

#include <boost/uuid/uuid_io.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

template <class T>
caf::error get_error(const caf::expected<T>& x) {
  return x ? caf::error{} : x.error();
}

int fail(const caf::error& err) {
  std::cerr << inbox::describe(err) << std::endl;
  return EXIT_FAILURE;
}

/// Lets others wake this inbox and be woken by it. They do without if they have
/// to.
void meet_others(caf::actor_system& sys, const inbox::inbox_actor& box,
                 const std::vector<std::string>& ports) {
  auto at = [](const std::string& port) {
    return inbox::endpoint{"127.0.0.1",
                           static_cast<uint16_t>(std::stoul(port))};
  };
  inbox::peer_options config;
  config.reconnect = {100ms, 1s, 2};
  for (auto& port : ports) {
    auto err = port == ports.front()
                 ? get_error(inbox::publish(sys, box, at(port)))
                 : get_error(inbox::join_peer(sys, box, at(port), config));
    if (err)
      std::cerr << "port " << port << ": " << inbox::describe(err) << std::endl;
  }
}

/// Writes until it is told to be quiet.
void write_on(const inbox::client& box, chaos::event_source source,
              chaos::log_file& log, const std::atomic<bool>& quiet) {
  while (!quiet) {
    auto events = source.next();
    auto receipts = box.write(events);
    while (!receipts && !quiet) {
      std::cerr << "write: " << inbox::describe(receipts.error()) << std::endl;
      std::this_thread::sleep_for(100ms);
      receipts = box.write(events);
    }
    if (receipts)
      for (auto& x : events)
        log.acknowledged(to_string(x.id), x.type);
    std::this_thread::sleep_for(100ms);
  }
}

int run(caf::actor_system& sys, const std::vector<std::string>& words) {
  auto process = std::stoi(words.at(2));
  auto seed = std::stoull(words.at(3));
  chaos::log_file log{words.at(4)};
  auto options = chaos::make_options(words.at(1));
  options.on_error = [](const caf::error& err) {
    std::cerr << "error: " << inbox::describe(err) << std::endl;
  };
  inbox::registry handlers;
  for (auto& [type, keys] : chaos::all_routes())
    for (auto& key : keys)
      if (auto err = handlers.on(type, key, chaos::make_handler(log, ++seed),
                                 {4}))
        return fail(err);
  auto actor = inbox::spawn_inbox(sys, options, handlers);
  if (!actor)
    return fail(actor.error());
  meet_others(sys, *actor, {words.begin() + 5, words.end()});
  inbox::client box{sys, *actor, options};
  std::atomic<bool> quiet{false};
  std::thread writer{[&] {
    write_on(box, chaos::event_source{process, seed}, log, quiet);
  }};
  std::string line;
  std::getline(std::cin, line);
  quiet = true;
  writer.join();
  std::getline(std::cin, line);
  auto report = box.drain();
  return report ? EXIT_SUCCESS : fail(report.error());
}

} // namespace

int main(int argc, char** argv) {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::actor_system_config cfg;
  inbox::load_network(cfg);
  caf::actor_system sys{cfg};
  return run(sys, {argv, argv + argc});
}
