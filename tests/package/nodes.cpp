// Uses the part for other nodes as an application does: publishes an inbox and
// writes to it from another actor system.

#include <inbox/nodes.hpp>

#include <caf/init_global_meta_objects.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>

namespace {

int fail(const caf::error& reason) {
  std::cerr << inbox::describe(reason) << '\n';
  return EXIT_FAILURE;
}

struct node {
  node() {
    inbox::load_network(config);
    system.emplace(config);
  }

  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
};

} // namespace

int main() {
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  node near;
  node far;
  inbox::options options;
  options.store.url = "memory:";
  auto actor = inbox::spawn_inbox(*near.system, options);
  if (!actor)
    return fail(actor.error());
  auto published = inbox::publish(*near.system, *actor);
  if (!published)
    return fail(published.error());
  auto remote = inbox::spawn_remote_inbox(*far.system, published->where);
  if (!remote)
    return fail(remote.error());
  inbox::client box{*far.system, *remote};
  auto event = inbox::make_event(inbox::uuid{{1}}, "order", "two chairs");
  auto receipt = box.write(std::move(*event));
  static_cast<void>(box.drain());
  static_cast<void>(inbox::client{*near.system, *actor}.drain());
  return receipt ? EXIT_SUCCESS : fail(receipt.error());
}
