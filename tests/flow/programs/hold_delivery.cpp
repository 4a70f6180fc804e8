// Claims deliveries and holds them: its handler tells of each on standard
// output, and then does what the last argument says:
//
//   wait    never returns
//   die     kills the process
//   poison  kills the process if it is the first event, and is done otherwise
//   sleep   stops the process as SIGSTOP does, and never returns
//   doze    stops the process, goes on until it sees that it was canceled,
//           tells so, and answers
//
// At a line on standard input the process waits for the end of the first
// attempt, says how that went, and ends.
//
// usage: hold_delivery URL PREFIX MAX_ATTEMPTS TIMEOUT_MS HOW

#include "program.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

inbox::options make_options(const program::words& words) {
  inbox::options result;
  result.store.url = words.at(1);
  result.store.prefix = words.at(2);
  result.max_attempts = static_cast<uint32_t>(std::stoul(words.at(3)));
  result.handler_timeout = std::chrono::milliseconds{std::stol(words.at(4))};
  result.lease_duration = 1s;
  result.iteration_rate = 20ms;
  result.iteration_seed = 0;
  result.backoff = {1h, 1h, 1}; // once is enough
  result.drain_grace = 0ms;
  return result;
}

int run(caf::actor_system& sys, const program::words& words) {
  auto hold = [how = words.at(5)](const inbox::delivery& x) {
    std::cout << to_string(x.event().id) << ' ' << x.attempt() << std::endl;
    if (how == "poison" && x.event().id.data[15] != 1)
      return inbox::done();
    if (how == "die" || how == "poison")
      std::raise(SIGKILL);
    if (how == "sleep" || how == "doze")
      std::raise(SIGSTOP); // all threads
    while (how != "doze" || !x.canceled())
      std::this_thread::sleep_for(1ms);
    std::cout << "canceled" << std::endl;
    return inbox::dead("too late to count");
  };
  inbox::registry handlers;
  if (auto err = handlers.on("order", "mail", hold))
    return program::fail(err);
  auto actor = inbox::spawn_inbox(sys, make_options(words), handlers);
  if (!actor)
    return program::fail(actor.error());
  inbox::client box{sys, *actor};
  std::string line;
  std::getline(std::cin, line);
  auto stats = box.stats();
  while (stats
         && stats->done + stats->dead + stats->failed + stats->lost == 0) {
    std::this_thread::sleep_for(5ms);
    stats = box.stats();
  }
  auto report = box.drain();
  if (!stats || !report)
    return program::fail(stats ? report.error() : stats.error());
  std::cout << "done " << stats->done << " dead " << stats->dead << " failed "
            << stats->failed << " lost " << stats->lost << " errors "
            << stats->errors << std::endl;
  std::_Exit(EXIT_SUCCESS); // nothing else ends the handler
}

} // namespace

int main(int argc, char** argv) {
  return program::main(argc, argv, &run);
}
