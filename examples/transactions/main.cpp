// A shop that books a sale and tells of it in one transaction: neither is ever
// there without the other. Every third sale is taken back before its commit.

#include "till.hpp"

#include <CLI/CLI.hpp>
#include <boost/uuid/random_generator.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

/// Returns whether it was sold.
bool sell(till& shop, unsigned n) {
  auto sold = inbox::make_event(boost::uuids::random_generator{}(), "sold",
                                std::to_string(n));
  if (!sold)
    throw std::runtime_error(inbox::describe(sold.error()));
  shop.run("begin");
  shop.run("insert into sale values (" + std::to_string(n) + ")");
  shop.write(*sold);
  auto is_kept = n % 3 != 0;
  shop.run(is_kept ? "commit" : "rollback");
  return is_kept;
}

int run(caf::actor_system& sys, const std::string& url, unsigned sales) {
  std::atomic<long> told{0};
  inbox::registry handlers;
  if (auto err = handlers.on("sold", "send_receipt",
                             [&told](const inbox::delivery&) { ++told; }))
    throw std::runtime_error(inbox::describe(err));
  inbox::options options;
  options.store.url = url;
  auto actor = inbox::spawn_inbox(sys, options, handlers);
  if (!actor)
    throw std::runtime_error(inbox::describe(actor.error()));
  inbox::client box{sys, *actor, options};
  // The first question is answered once the tables and the handler key are
  // there.
  while (!box.summary() || box.summary()->routes.empty())
    std::this_thread::sleep_for(std::chrono::milliseconds{10});

  auto shop = open_till(url);
  shop->run("create table if not exists sale (n integer)");
  auto before = shop->number("select count(*) from sale");
  long kept = 0;
  for (unsigned n = 1; n <= sales; ++n)
    if (sell(*shop, n)) {
      ++kept;
      box.announce({"sold"});
    }
  while (told < kept)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  auto booked = shop->number("select count(*) from sale") - before;
  static_cast<void>(box.drain());
  std::cout << R"({"booked":)" << booked << R"(,"taken_back":)" << sales - kept
            << R"(,"told":)" << told << "}\n";
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  std::string url = "sqlite:sales.db";
  unsigned sales = 30;
  CLI::App app{"A shop that books and tells in one transaction."};
  app.add_option("--store", url, "sqlite:FILE or postgresql://...");
  app.add_option("--sales", sales, "how many");
  CLI11_PARSE(app, argc, argv);

  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  try {
    return run(sys, url, sales);
  } catch (const std::exception& x) {
    std::cerr << x.what() << '\n';
    return EXIT_FAILURE;
  }
}
