// Does one piece of work with an inbox and prints one line of JSON about it.

#include "setting.hpp"

#include "../bare/works.hpp"

#include <CLI/CLI.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <iostream>
#include <map>

int main(int argc, char** argv) {
  bench::setting how;
  CLI::App app{"Measures an inbox."};
  app.add_option("--url", how.url, "the store")->required();
  app.add_option("--prefix", how.prefix, "of its tables");
  app.add_option("--records", how.records, "events");
  app.add_option("--payload", how.payload, "bytes of each event");
  app.add_option("--ids", how.ids, "of the events")
    ->check(CLI::IsMember({"random", "made"}));
  app.add_option("--batch", how.batch, "events per write");
  app.add_option("--clients", how.clients, "that write at the same time");
  app.add_option("--samples", how.samples, "for latencies");
  app.add_option("--seconds", how.seconds, "of idleness");
  app.add_option("--patience", how.patience, "in seconds without progress");
  app.add_option("--keys", how.keys, "handler keys");
  app.add_option("--handler", how.handler, "what handles")
    ->check(CLI::IsMember({"function", "actor"}));
  app.add_option("--concurrency", how.concurrency, "of each handler key");
  app.add_option("--scheduler", how.scheduler, "of the actor system")
    ->check(CLI::IsMember({"stealing", "sharing"}));
  app.add_option("--threads", how.threads, "of the scheduler");
  app.add_option("--keep-memory", how.keep_memory, "in MiB, when it is free")
    ->check(CLI::Range(0, 32));
  app.add_option("--batch-size", how.batch_size, "option of the inbox");
  app.add_option("--max-in-flight", how.max_in_flight, "option of the inbox");
  const std::map<std::string, bench::work> works{
    {"actors", bench::actors},
    {"preload", bench::preload},
    {"process", bench::process},
    {"write", bench::write_batches},
    {"singles", bench::write_singles},
    {"steady", bench::steady},
    {"latency", bench::latency},
    {"idle", bench::idle},
    {"bare-process", bench::process_postgres},
    {"bare-write", bench::write_postgres},
    {"bare-process-sqlite", bench::process_sqlite},
    {"bare-write-sqlite", bench::write_sqlite},
  };
  bench::work chosen = nullptr;
  for (auto& [name, work] : works)
    app.add_subcommand(name)->callback(
      [&chosen, &which = work] { chosen = which; });
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  bench::keep_memory(how);
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  std::cout << chosen(how).dump() << std::endl;
  return EXIT_SUCCESS;
}
