// One of the processes of a chaos run: writes events and handles them, until it
// is killed. Reads lines: at "quiet" it writes no more, at "end" it drains and
// ends.
//
// Its inbox is published at PORT, and joins those that are published at others.
// "storage" has no handlers of its own; "handlers" has nothing else, and
// registers them at the others.
//
// usage: chaos_worker ledger|bank|separate_bank inbox|storage|handlers
//                     URL NUMBER SEED HISTORY PORT [OTHER]...

#include "remote_handlers.hpp"
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
void write_on(const inbox::client& box, chaos::event_source next,
              std::chrono::milliseconds pause, chaos::log_file& log,
              const std::atomic<bool>& quiet) {
  while (!quiet) {
    auto events = next();
    auto receipts = box.write(events);
    while (!receipts && !quiet) {
      std::cerr << "write: " << inbox::describe(receipts.error()) << std::endl;
      std::this_thread::sleep_for(100ms);
      receipts = box.write(events);
    }
    if (receipts)
      for (auto& x : events)
        log.acknowledged(to_string(x.id), x.type);
    std::this_thread::sleep_for(pause);
  }
}

struct arguments {
  chaos::workload_ptr what;
  std::string role;
  std::string url;
  int process = 0;
  uint64_t seed = 0;
  std::string history;
  /// Its own one first.
  std::vector<std::string> ports;
};

arguments parse(const std::vector<std::string>& words) {
  return {chaos::make_workload(words.at(1), words.at(3)),
          words.at(2),
          words.at(3),
          std::stoi(words.at(4)),
          std::stoull(words.at(5)),
          words.at(6),
          {words.begin() + 7, words.end()}};
}

void wait_for_line() {
  std::string line;
  std::getline(std::cin, line);
}

int run_handlers(caf::actor_system& sys, const arguments& args) {
  chaos::log_file log{args.history};
  chaos::remote_handlers handlers{sys,
                                  *args.what,
                                  log,
                                  args.seed,
                                  {args.ports.begin() + 1, args.ports.end()}};
  wait_for_line();
  wait_for_line();
  auto err = handlers.drain();
  return err ? fail(err) : EXIT_SUCCESS;
}

int run_inbox(caf::actor_system& sys, const arguments& args) {
  auto seed = args.seed;
  chaos::log_file log{args.history};
  auto options = chaos::make_options(args.url, *args.what);
  options.on_error = [](const caf::error& err) {
    std::cerr << "error: " << inbox::describe(err) << std::endl;
  };
  inbox::registry handlers;
  if (args.role == "inbox")
    for (auto& [type, keys] : args.what->all_routes())
      for (auto& key : keys)
        if (auto err = handlers.on(
              type, key, chaos::make_handler(*args.what, log, ++seed), {4}))
          return fail(err);
  auto actor = inbox::spawn_inbox(sys, options, handlers);
  if (!actor)
    return fail(actor.error());
  meet_others(sys, *actor, args.ports);
  inbox::client box{sys, *actor, options};
  std::atomic<bool> quiet{false};
  std::thread writer{[&] {
    write_on(box, args.what->make_source(args.process, seed),
             args.what->pause(), log, quiet);
  }};
  wait_for_line();
  quiet = true;
  writer.join();
  wait_for_line();
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
  auto args = parse({argv, argv + argc});
  return args.role == "handlers" ? run_handlers(sys, args)
                                 : run_inbox(sys, args);
}
