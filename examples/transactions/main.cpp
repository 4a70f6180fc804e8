// A shop whose tables and events never disagree, in three steps of one
// transaction each:
//
// - it books a sale and writes the event "sold" (a joined write); every third
//   sale is taken back before its commit;
// - the handler of "sold" answers with a statement for the journal and the
//   event "noted": both commit with the end of its attempt;
// - the handler of "noted" runs statements of its own in that transaction.

#include "till.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

/// Returns whether it was sold.
bool sell(till& shop, unsigned n) {
  auto sold = inbox::make_event(inbox::make_id(), "sold", std::to_string(n));
  if (!sold)
    throw std::runtime_error(inbox::describe(sold.error()));
  shop.run("begin");
  shop.run("insert into sale values (" + std::to_string(n) + ")");
  shop.write(*sold);
  auto is_kept = n % 3 != 0;
  shop.run(is_kept ? "commit" : "rollback");
  return is_kept;
}

/// Has the journal changed by whoever settles.
inbox::outcome note(const inbox::delivery& x) {
  inbox::event noted; // its id follows from what led to it
  noted.type = "noted";
  auto sale = std::stol(std::string{x.payload()});
  return inbox::done(
    {inbox::sql("insert into journal (sale) values ($1)", sale)}, {noted});
}

/// Adds to the total, and makes the row for it if there is none.
caf::error add_up(const inbox::delivery&, inbox::transaction& tx) {
  auto added = tx.run("update total set sales = sales + 1");
  if (added && *added == 0)
    added = tx.run("insert into total (sales) values (1)");
  return added ? caf::error{} : added.error();
}

int run(caf::actor_system& sys, const std::string& url, unsigned sales) {
  inbox::registry handlers;
  for (auto& err : {handlers.on("sold", "note", note),
                    handlers.on("noted", "add_up", add_up)})
    if (err)
      throw std::runtime_error(inbox::describe(err));
  inbox::options options;
  options.store.url = url;
  auto actor = inbox::spawn_inbox(sys, options, handlers);
  if (!actor)
    throw std::runtime_error(inbox::describe(actor.error()));
  inbox::client box{sys, *actor, options};
  auto shop = open_till(url);
  shop->run("create table if not exists sale (n integer)");
  shop->run("create table if not exists journal (sale integer)");
  shop->run("create table if not exists total (sales integer)");
  auto before = shop->number("select count(*) from sale");
  // The first question is answered once the tables and the handler keys are
  // there.
  while (!box.summary() || box.summary()->routes.size() < 2)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});

  long kept = 0;
  for (unsigned n = 1; n <= sales; ++n)
    if (sell(*shop, n)) {
      ++kept;
      box.announce({"sold"});
    }
  auto total = "select coalesce(sum(sales), 0) from total";
  while (shop->number(total) < before + kept)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  static_cast<void>(box.drain());
  auto count = [&](const std::string& sql) {
    return shop->number(sql) - before;
  };
  std::cout << R"({"booked":)" << count("select count(*) from sale")
            << R"(,"taken_back":)" << sales - kept << R"(,"noted":)"
            << count("select count(*) from journal") << R"(,"total":)"
            << count(total) << "}\n";
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  std::string url = "sqlite:sales.db";
  unsigned sales = 30;
  CLI::App app{"A shop whose tables and events never disagree."};
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
