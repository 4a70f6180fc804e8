// One of several processes on one store. Writes events, as all the others do,
// and handles them, appending a line to a file for each call. The first call of
// each handler key waits for a line on standard input, so that all processes
// are at work at the same time. Drains at the next line, and ends.
//
// usage: share_store URL PREFIX FILE COUNT

#include "program.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr const char* keys[] = {"mail", "stock"};

/// Appends whole lines to a file that several processes write to.
class log_file {
public:
  explicit log_file(const std::string& name)
    : file_{open(name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)} {
    // nop
  }

  ~log_file() {
    close(file_);
  }

  bool append(const std::string& line) {
    return write(file_, line.data(), line.size())
           == static_cast<ssize_t>(line.size());
  }

private:
  int file_;
};

inbox::options make_options(const program::words& words) {
  inbox::options result;
  result.store.url = words.at(1);
  result.store.prefix = words.at(2);
  result.store.statement_timeout = 20s; // also for SQLite's only lock
  result.store.deadline = 25s;
  result.iteration_rate = 20ms;
  result.iteration_seed = 0;
  result.handler_timeout = 30s;
  result.lease_duration = 60s;
  result.batch_size = 50;
  return result;
}

/// Tells whether the inbox has heard of all that the store has.
bool is_idle(const inbox::inbox_stats& stats) {
  return std::all_of(stats.lanes.begin(), stats.lanes.end(),
                     [](const inbox::lane_stats& x) {
                       return x.queued + x.running + x.settling == 0;
                     });
}

int run(caf::actor_system& sys, const program::words& words) {
  log_file log{words.at(3)};
  auto count = std::stoul(words.at(4));
  std::promise<void> told;
  std::shared_future<void> go = told.get_future().share();
  std::promise<void> begun[2];
  inbox::registry handlers;
  for (size_t i = 0; i < 2; ++i) {
    auto handle = [&, i, first = std::make_shared<std::once_flag>()](
                    const inbox::delivery& x) {
      std::call_once(*first, [&] { begun[i].set_value(); });
      go.wait();
      return log.append(x.handler_key() + ' ' + to_string(x.event().id) + '\n')
               ? inbox::done()
               : inbox::failed("cannot write to the log");
    };
    if (auto err = handlers.on("order", keys[i], handle))
      return program::fail(err);
  }
  auto actor = inbox::spawn_inbox(sys, make_options(words), handlers);
  if (!actor)
    return program::fail(actor.error());
  inbox::client box{sys, *actor, 60s};
  std::string line;
  std::getline(std::cin, line);
  uint64_t stored = 0;
  for (size_t begin = 0; begin < count; begin += 100) {
    std::vector<inbox::event> events;
    for (auto n = begin; n < std::min(begin + 100, count); ++n) {
      inbox::uuid id{};
      id.data[0] = 0xCA;
      for (size_t i = 0; i < 4; ++i)
        id.data[15 - i] = static_cast<uint8_t>((n + 1) >> (8 * i));
      events.push_back({id, "order", "content", {}, {}, {}});
    }
    auto receipts = box.write(std::move(events));
    if (!receipts)
      return program::fail(receipts.error());
    for (auto& x : *receipts)
      stored += x.result == inbox::write_result::stored;
  }
  std::cout << "stored " << stored << std::endl;
  for (auto& x : begun)
    x.get_future().wait();
  std::cout << "begun" << std::endl;
  std::getline(std::cin, line);
  told.set_value();
  std::getline(std::cin, line);
  auto stats = box.stats();
  while (stats && !is_idle(*stats)) {
    std::this_thread::sleep_for(5ms);
    stats = box.stats();
  }
  if (stats)
    stats = box.stats(); // those that said they are idle had counted before
  auto report = box.drain();
  if (!stats || !report)
    return program::fail(stats ? report.error() : stats.error());
  std::cout << "done " << stats->done << " lost " << stats->lost
            << " abandoned " << report->abandoned << std::endl;
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  return program::main(argc, argv, &run);
}
