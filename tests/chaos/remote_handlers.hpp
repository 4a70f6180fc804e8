#pragma once

#include "workload.hpp"

#include <inbox/nodes.hpp>

#include <caf/actor_system.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace chaos {

/// The handlers of a process that has no database, at the inboxes that other
/// processes publish at ports of this machine.
class remote_handlers {
public:
  /// Registers them at all of `ports`, whenever these can be reached.
  remote_handlers(caf::actor_system& sys, workload& what, log_file& log,
                  uint64_t seed, const std::vector<std::string>& ports);

  remote_handlers(const remote_handlers&) = delete;
  remote_handlers& operator=(const remote_handlers&) = delete;

  ~remote_handlers();

  /// Takes them off again. Returns the first error.
  caf::error drain();

private:
  struct handler {
    std::string event_type;
    std::string handler_key;
    caf::actor actor;
  };

  void register_all(const inbox::client& box) const;

  std::vector<handler> handlers_;
  std::vector<inbox::client> boxes_;
  std::atomic<bool> ending_{false};
  std::vector<std::thread> threads_;
};

} // namespace chaos
