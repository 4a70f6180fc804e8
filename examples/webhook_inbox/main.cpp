// The webhook inbox: a service that stores every webhook before it answers the
// sender, and works on it afterwards. See examples/README.md.

#include "handlers.hpp"
#include "progress.hpp"
#include "redelivery.hpp"
#include "temporary_folder.hpp"
#include "terminal.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace {

inbox::options make_options(const std::string& url) {
  using std::chrono::milliseconds;
  inbox::options result;
  result.store.url = url;
  // An example is watched: retries within a second instead of a minute.
  result.iteration_rate = milliseconds{200};
  result.iteration_seed = 0;
  result.backoff = {milliseconds{100}, milliseconds{500}, 2};
  result.max_attempts = 3;
  return result;
}

int fail(const std::string& what, const std::string& why) {
  say(what + ": " + why);
  return EXIT_FAILURE;
}

int fail(const std::string& what, const caf::error& err) {
  return fail(what, inbox::describe(err));
}

int run(std::istream& lines, const std::string& url) {
  caf::actor_system_config config;
  // The default one polls for work: see docs/options.md.
  config.set("caf.scheduler.policy", "sharing");
  caf::actor_system sys{config};
  auto actor = inbox::spawn_inbox(sys, make_options(url), make_handlers());
  if (!actor)
    return fail("the inbox does not start", actor.error());
  inbox::client box{sys, *actor};
  auto report = deliver_twice(lines, box);
  caf::error err;
  if (!report)
    err = report.error();
  else
    err = wait_until_finished(box, std::chrono::seconds{60});
  auto stats = box.stats();
  auto drained = box.drain();
  end_progress();
  if (err)
    return fail("the run failed", err);
  if (!stats || !drained)
    return fail("the inbox ended early",
                stats ? drained.error() : stats.error());
  if (report->rejected > 0)
    say(std::to_string(report->rejected) + " line(s) held no valid event");
  nlohmann::ordered_json line{
    {"read", report->read},
    {"stored", report->stored},
    {"duplicates", report->duplicates},
    {"unrouted", report->unrouted},
    {"done", stats->done},
    {"failed", stats->failed},
    {"dead", stats->dead},
  };
  std::cout << line.dump() << std::endl;
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  // Otherwise an error of standard input looks like its end.
  std::ios::sync_with_stdio(false);
  std::string events = WEBHOOK_INBOX_SAMPLE;
  std::string url;
  CLI::App app{"Stores webhooks, then works on them."};
  app.add_option(
    "--events", events,
    "file of event lines (JSON), or - for standard input (default: "
    "a sample)");
  app.add_option("--store", url,
                 "sqlite:FILE, postgresql://... or memory: (default: a SQLite "
                 "file for this run only)");
  CLI11_PARSE(app, argc, argv);
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  temporary_folder own;
  if (url.empty()) {
    if (auto err = own.make())
      return fail("no folder can be made for the store", err.message());
    url = "sqlite:" + (own.path() / "inbox.db").string();
  }
  if (events == "-")
    return run(std::cin, url);
  std::ifstream file{events};
  if (!file)
    return fail("cannot read " + events, std::strerror(errno));
  return run(file, url);
}
