#pragma once

#include "setting.hpp"

#include <caf/actor_system_config.hpp>

namespace bench {

/// The configuration of an actor system with the setting's scheduler.
struct system_config : caf::actor_system_config {
  explicit system_config(const setting& how) {
    set("caf.scheduler.policy", how.scheduler);
    if (how.threads > 0)
      set("caf.scheduler.max-threads", how.threads);
  }
};

} // namespace bench
