// Runs several processes on one store, kills, pauses and disturbs them at
// random moments, and looks afterwards whether anything was lost, settled twice
// or trapped. tests/chaos/run builds and starts it.

#include "bank_checker.hpp"
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
#include <optional>
#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;

struct arguments {
  std::string store;
  std::string workload = "ledger";
  bool separate = false;
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
void make_tables(const inbox::options& options, const chaos::routes& routes) {
  auto patient = options.store; // a server that was just made may be slow
  patient.statement_timeout = 20s;
  patient.deadline = 25s;
  auto opened = inbox::open_store(patient);
  if (!opened)
    throw std::runtime_error(inbox::describe(opened.error()));
  for (auto& [type, keys] : routes)
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

chaos::faults::settings settings_of(const arguments& args,
                                    const inbox::options& options) {
  chaos::faults::settings result;
  result.worker = args.worker;
  result.workload = (args.separate ? "separate_" : "") + args.workload;
  result.folder = args.folder;
  result.processes.assign(4, chaos::role::inbox);
  if (args.workload == "bank") {
    using chaos::role;
    result.processes = {role::inbox,   role::inbox,    role::storage,
                        role::storage, role::handlers, role::handlers};
  }
  result.kills = args.kills;
  result.seed = args.seed;
  result.lease = std::chrono::duration_cast<std::chrono::milliseconds>(
    options.lease_duration);
  result.stalls_per_20 = args.stalls;
  result.outages_per_20 = args.outages;
  result.cuts_per_20 = args.cuts;
  result.has_network = args.store == "postgres";
  result.pause = pause_between(args);
  return result;
}

chaos::bank_findings look_at_bank(chaos::database& where,
                                  const chaos::history& seen) {
  chaos::books books;
  where.read(books);
  auto found = chaos::check(books, seen.deliveries);
  for (auto& x : found.examples)
    std::cerr << x << '\n';
  std::fprintf(stderr, "%lld deadlocks or more, %zu slow ones applied\n",
               static_cast<long long>(where.deadlocks()), found.slow);
  return found;
}

void print(const chaos::bank_findings& x) {
  std::printf(" | applied %zu, dead %zu, twice %zu, missing %zu, left over "
              "%zu, wrong balances %zu, created %lld, receipts %zu, wrong %zu",
              x.applied, x.dead, x.twice, x.missing, x.left_over,
              x.wrong_balances, static_cast<long long>(x.created), x.receipts,
              x.wrong_receipts);
}

int run(const arguments& args) {
  auto where = args.store == "postgres"
                 ? chaos::make_postgres_database()
                 : chaos::make_sqlite_database(args.folder);
  auto is_bank = args.workload == "bank";
  auto what = chaos::make_workload(args.workload, where->url());
  auto options = chaos::make_options(where->url(), *what);
  make_tables(options, what->all_routes());
  where->watch();
  if (is_bank)
    where->open_bank();
  chaos::faults turmoil{*where, settings_of(args, options), std::cerr};
  turmoil.run();
  auto ended = turmoil.settle_down(120s);
  chaos::history seen;
  seen.handler_timeout = std::chrono::duration_cast<std::chrono::microseconds>(
                           options.handler_timeout)
                           .count();
  seen.max_attempts = options.max_attempts;
  seen.fails_without_handler = is_bank;
  turmoil.read(seen);
  where->read(seen);
  auto found = chaos::check(seen, what->all_routes());
  for (auto& x : found.examples)
    std::cerr << x << '\n';
  std::fprintf(stderr,
               "%zu calls of handlers, %zu deliveries, %zu out of order\n",
               seen.calls.size(), seen.deliveries.size(), found.out_of_order);
  std::optional<chaos::bank_findings> bank;
  if (is_bank)
    bank = look_at_bank(*where, seen);
  std::printf("kills %zu stalls %zu outages %zu | acknowledged %zu, lost %zu, "
              "settled twice %zu, trapped %zu, handed over p99 %.1f s",
              turmoil.kills(), turmoil.stalls(), turmoil.outages(),
              found.acknowledged, found.lost, found.settled_twice,
              found.trapped, found.handed_over_p99());
  if (bank)
    print(*bank);
  std::printf("\n");
  return ended && found.good() && (!bank || bank->good()) ? EXIT_SUCCESS
                                                          : EXIT_FAILURE;
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
  app
    .add_option("--workload", args.workload,
                "ledger or bank: what the processes do")
    ->check(CLI::IsMember({"ledger", "bank"}))
    ->capture_default_str();
  app.add_flag("--separate", args.separate,
               "has the bank's handlers commit by themselves");
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
  if (args.separate && args.workload != "bank") {
    std::cerr << "--separate is for --workload bank\n";
    return EXIT_FAILURE;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(args);
  } catch (const std::exception& e) {
    std::cerr << "chaos: " << e.what() << '\n';
    return EXIT_FAILURE;
  }
}
