// One inbox and three kinds of nodes: one that has the database, others that
// handle, others that write. `examples/distributed/run` starts some of each.

#include "nodes.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

int fail(const caf::error& err) {
  std::cerr << inbox::describe(err) << '\n';
  return EXIT_FAILURE;
}

int main(int argc, char** argv) {
  std::string store = "memory:";
  std::string name = "a handler";
  std::string certificates;
  inbox::endpoint where;
  unsigned count = 10;
  unsigned deadline_s = 10;
  unsigned work_ms = 200;
  std::vector<std::pair<std::string, uint16_t>> peers;
  CLI::App app{"Nodes that share an inbox."};
  app.require_subcommand(1);
  app.add_option("--host", where.host, "of the published inbox");
  app.add_option("--port", where.port, "of the published inbox");
  app.add_option("--certificates", certificates,
                 "folder with node.pem, node.key and ca.pem, for TLS");
  auto* storage = app.add_subcommand("storage", "has the database");
  storage->add_option("--store", store, "URL of the store");
  storage->add_option("--deadline-s", deadline_s, "of an attempt");
  storage->add_option("--peer", peers,
                      "host and port of another storage node on this store");
  auto* handler = app.add_subcommand("handler", "handles orders");
  handler->add_option("--name", name, "for its lines");
  handler->add_option("--work-ms", work_ms, "how long an order takes");
  auto* writer = app.add_subcommand("writer", "writes orders");
  writer->add_option("--events", count, "how many");
  CLI11_PARSE(app, argc, argv);

  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  caf::actor_system_config cfg;
  inbox::load_network(cfg);
  if (!certificates.empty()) {
    where.tls = true;
    cfg.set("caf.openssl.certificate", certificates + "/node.pem");
    cfg.set("caf.openssl.key", certificates + "/node.key");
    cfg.set("caf.openssl.cafile", certificates + "/ca.pem");
  }
  caf::actor_system sys{cfg};
  if (*storage) {
    std::vector<inbox::endpoint> others;
    for (auto& [host, port] : peers) {
      others.push_back(where); // as for TLS
      others.back().host = host;
      others.back().port = port;
    }
    return run_storage(sys, store, where, std::chrono::seconds{deadline_s},
                       others);
  }
  if (*handler)
    return run_handler(sys, where, name, std::chrono::milliseconds{work_ms});
  return run_writer(sys, where, count);
}
