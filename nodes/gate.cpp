#include "gate.hpp"

#include "../actors/caf_compat.hpp"

#include <utility>

namespace inbox {

gate_state::gate_state(gate_actor::pointer self, inbox_actor inbox,
                       registering_actor registrar)
  : self_{self},
    inbox_{std::move(inbox)},
    registrar_{std::move(registrar)} {
  // nop
}

template <class Reply, class Handle, class Message>
caf::result<Reply> gate_state::ask(const Handle& to, Message msg) {
  auto reply = self_->make_response_promise<Reply>();
  request(self_, to, caf::infinite, std::move(msg))
    .then(
      [this, to, reply](Reply& x) mutable {
        if (self_->current_sender()
            == caf::actor_cast<caf::strong_actor_ptr>(to))
          reply.deliver(std::move(x));
        else
          reply.deliver(caf::make_error(caf::sec::unexpected_response));
      },
      [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return reply;
}

gate_actor::behavior_type gate_state::make_behavior() {
  ignore_strangers(self_);
  return {
    [this](write_events& x) {
      return ask<written_events>(inbox_, std::move(x));
    },
    [this](register_handler& x) -> caf::result<registered_handler> {
      if (auto err = check_home(x.handler))
        return err;
      return ask<registered_handler>(registrar_, std::move(x));
    },
    [this](unregister_handler& x) -> caf::result<unregistered_handler> {
      if (auto err = check_home(x.handler))
        return err;
      if (x.forget)
        return make_error(errc::invalid, "forget",
                          "is for the node of the inbox to say");
      return ask<unregistered_handler>(registrar_, std::move(x));
    },
    [this](const get_stats& x) { return ask<inbox_stats>(inbox_, x); },
    [this](const get_summary& x) { return ask<store_summary>(inbox_, x); },
    [this](const find_event& x) { return ask<event_record>(inbox_, x); },
    [](const drain_inbox&) -> caf::result<drain_report> {
      return make_error(errc::invalid, "drain_inbox",
                        "is for the node of the inbox to say");
    },
  };
}

caf::error gate_state::check_home(const caf::actor& handler) const {
  if (!handler)
    return make_error(errc::invalid, "handler", "must not be a null actor");
  auto& sender = self_->current_sender();
  if (!sender || sender->node() != handler.node())
    return make_error(errc::invalid, "handler",
                      "must live on the node that registers it");
  return {};
}

} // namespace inbox
