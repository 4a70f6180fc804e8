#include "remote_inbox.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <spdlog/spdlog.h>

#include <utility>

// The connection to the other node.

namespace inbox {

void remote_inbox_state::connect() {
  // CAF has a deadline of its own for this, in the network.
  request(self_, middleman_, caf::infinite, caf::connect_atom_v, where_.host,
          where_.port)
    .then(
      [this](const caf::node_id&, const caf::strong_actor_ptr& gate,
             const std::set<std::string>& interface) {
        connected(gate, interface);
      },
      [this](const caf::error& err) { connect_later(describe(err)); });
}

void remote_inbox_state::connect_later(const std::string& why) {
  if (failures_++ == 0) // one line for many tries
    log_->warn("inbox_out_of_reach at=\"{}\" what=\"{}\"", to_string(where_),
               why);
  self_->run_delayed(config_.reconnect.delay(failures_, random_),
                     [this] { connect(); });
}

void remote_inbox_state::connected(const caf::strong_actor_ptr& gate,
                                   const std::set<std::string>& interface) {
  if (!gate || !self_->system().assignable<gate_actor>(interface)) {
    connect_later("there is no inbox of this version");
    return;
  }
  log_->info("inbox_connected at=\"{}\"", to_string(where_));
  failures_ = 0;
  gate_ = caf::actor_cast<gate_actor>(gate);
  watch(self_->address(), caf::actor_cast<caf::actor>(gate));
  register_all();
  open_.send_all();
}

void remote_inbox_state::lost() {
  gate_ = nullptr;
  open_.lose_all();
  end_if_drained();
  connect_later("the connection was lost");
}

} // namespace inbox
