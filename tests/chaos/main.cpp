// Runs several processes on one store, kills, pauses and disturbs them at
// random moments, and looks afterwards whether anything was lost, settled twice
// or trapped. tests/chaos/run builds and starts it.

#include "checker.hpp"
#include "database.hpp"
#include "faults.hpp"
#include "workload.hpp"

#include <inbox/storage/open_store.hpp>

#include <CLI/CLI.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;

struct arguments {
  std::string store;
  std::string worker;
  std::string folder;
  size_t kills = 200;
  size_t stalls = 5;
  size_t outages = 3;
  size_t cuts = 4;
  uint64_t seed = 1;
  double minutes = 0;
};

/// Makes the tables and the routes, so that no event is written before them.
void make_tables(const inbox::options& options) {
  auto patient = options.store; // a server that was just made may be slow
  patient.statement_timeout = 20s;
  patient.deadline = 25s;
  auto opened = inbox::open_store(patient);
  if (!opened)
    throw std::runtime_error(inbox::describe(opened.error()));
  for (auto& [type, keys] : chaos::all_routes())
    for (auto& key : keys)
      if (auto added = (*opened)->add(inbox::add_route{type, key}); !added)
        throw std::runtime_error(inbox::describe(added.error()));
}

std::chrono::milliseconds pause_between(const arguments& args) {
  if (args.minutes == 0)
    return 700ms;
  auto faults
    = static_cast<double>(args.kills)
      * static_cast<double>(20 + args.stalls + args.outages + args.cuts) / 20;
  return std::chrono::milliseconds{
    static_cast<int64_t>(args.minutes * 60'000 / faults)};
}

int run(const arguments& args) {
  auto where = args.store == "postgres"
                 ? chaos::make_postgres_database()
                 : chaos::make_sqlite_database(args.folder);
  auto options = chaos::make_options(where->url());
  make_tables(options);
  where->watch();
  chaos::faults::settings config;
  config.worker = args.worker;
  config.folder = args.folder;
  config.kills = args.kills;
  config.seed = args.seed;
  config.lease = std::chrono::duration_cast<std::chrono::milliseconds>(
    options.lease_duration);
  config.stalls_per_20 = args.stalls;
  config.outages_per_20 = args.outages;
  config.cuts_per_20 = args.cuts;
  config.has_network = args.store == "postgres";
  config.pause = pause_between(args);
  chaos::faults turmoil{*where, config, std::cerr};
  turmoil.run();
  auto ended = turmoil.settle_down(120s);
  chaos::history seen;
  seen.handler_timeout = std::chrono::duration_cast<std::chrono::microseconds>(
                           options.handler_timeout)
                           .count();
  turmoil.read(seen);
  where->read(seen);
  auto found = chaos::check(seen, chaos::all_routes());
  for (auto& x : found.examples)
    std::cerr << x << '\n';
  std::fprintf(stderr,
               "%zu calls of handlers, %zu deliveries, %zu out of order\n",
               seen.calls.size(), seen.deliveries.size(), found.out_of_order);
  std::printf("kills %zu stalls %zu outages %zu | acknowledged %zu, lost %zu, "
              "settled twice %zu, trapped %zu, handed over p99 %.1f s\n",
              turmoil.kills(), turmoil.stalls(), turmoil.outages(),
              found.acknowledged, found.lost, found.settled_twice,
              found.trapped, found.handed_over_p99());
  return ended && found.good() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  CLI::App app{"Kills, pauses and disturbs processes that share a store."};
  arguments args;
  app.add_option("--store", args.store, "postgres or sqlite")
    ->required()
    ->check(CLI::IsMember({"postgres", "sqlite"}));
  app.add_option("--kills", args.kills, "processes to kill")
    ->check(CLI::Range(1, 1'000'000))
    ->capture_default_str();
  app.add_option("--stalls", args.stalls, "processes to pause, for 20 kills")
    ->check(CLI::Range(0, 1'000))
    ->capture_default_str();
  app
    .add_option("--outages", args.outages,
                "times to take the database away, for 20 kills")
    ->check(CLI::Range(0, 1'000))
    ->capture_default_str();
  app
    .add_option(
      "--cuts", args.cuts,
      "processes to cut off from others or the database, for 20 kills")
    ->check(CLI::Range(0, 1'000))
    ->capture_default_str();
  app.add_option("--seed", args.seed, "of the faults")->capture_default_str();
  app.add_option("--minutes", args.minutes, "to spread the kills over")
    ->check(CLI::Range(0.0, 100'000.0));
  app.add_option("--worker", args.worker, "path of chaos_worker")->required();
  app.add_option("--folder", args.folder, "for what the processes write")
    ->required()
    ->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(args);
  } catch (const std::exception& e) {
    std::cerr << "chaos: " << e.what() << '\n';
    return EXIT_FAILURE;
  }
}
