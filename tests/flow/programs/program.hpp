#pragma once

#include <inbox/inbox.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

/// What the programs here have in common.

namespace program {

using words = std::vector<std::string>;

inline int fail(const caf::error& err) {
  std::cerr << inbox::describe(err) << '\n';
  return EXIT_FAILURE;
}

/// Calls `run` with an actor system and the arguments, after `load`, if it is
/// given, has changed the configuration.
inline int main(int argc, char** argv,
                int (*run)(caf::actor_system&, const words&),
                void (*load)(caf::actor_system_config&) = nullptr) {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::actor_system_config cfg;
  if (load != nullptr)
    load(cfg);
  caf::actor_system sys{cfg};
  return run(sys, {argv, argv + argc});
}

} // namespace program
