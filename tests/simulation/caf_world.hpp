#pragma once

#include "world.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace simulation {

/// An actor system whose actors run in a world, on its time. Nothing may be
/// detached there.
class caf_world {
public:
  explicit caf_world(world& where);

  ~caf_world();

  [[nodiscard]] caf::actor_system& system() noexcept;

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

} // namespace simulation
