#include "remote_inbox.hpp"

#include "../actors/watch.hpp"

// The connection to the other node.

namespace inbox {

void remote_inbox_state::connected(const gate_actor& gate) {
  connector_.is_of_use();
  gate_ = gate;
  watch(self_->address(), caf::actor_cast<caf::actor>(gate));
  register_all();
  open_.send_all();
}

void remote_inbox_state::lost() {
  gate_ = nullptr;
  open_.lose_all();
  end_if_drained();
  connector_.connect_later("the connection was lost");
}

} // namespace inbox
