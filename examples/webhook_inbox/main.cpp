// The webhook inbox: a service that stores every webhook before it answers the
// sender, and works on it afterwards. See examples/README.md.

#include "handlers.hpp"
#include "progress.hpp"
#include "redelivery.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

/// A store that is made for one run and removed with it.
class temporary_store {
public:
  temporary_store()
    : folder_{std::filesystem::temp_directory_path()
              / ("webhook-inbox-" + std::to_string(getpid()))} {
    std::filesystem::create_directories(folder_);
  }

  ~temporary_store() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string url() const {
    return "sqlite:" + (folder_ / "inbox.db").string();
  }

private:
  std::filesystem::path folder_;
};

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

int fail(const std::string& what, const caf::error& err) {
  std::cerr << what << ": " << inbox::describe(err) << '\n';
  return EXIT_FAILURE;
}

int run(std::istream& lines, const std::string& url) {
  caf::actor_system_config config;
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
  if (err)
    return fail("the inbox failed", err);
  if (!stats || !drained)
    return fail("the inbox ended early",
                stats ? drained.error() : stats.error());
  if (report->rejected > 0)
    std::cerr << report->rejected << " line(s) held no valid event\n";
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
  temporary_store own;
  if (url.empty())
    url = own.url();
  if (events == "-")
    return run(std::cin, url);
  std::ifstream file{events};
  if (!file) {
    std::cerr << "cannot read " << events << '\n';
    return EXIT_FAILURE;
  }
  return run(file, url);
}
