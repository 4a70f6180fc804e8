#include "gate.hpp"

#include "../actors/pass.hpp"

#include <utility>

namespace inbox {

gate_state::gate_state(gate_actor::pointer self, inbox_actor inbox,
                       registering_actor registrar, greeting_actor greeter)
  : self_{self},
    inbox_{std::move(inbox)},
    registrar_{std::move(registrar)},
    greeter_{std::move(greeter)} {
  // nop
}

gate_actor::behavior_type gate_state::make_behavior() {
  ignore_strangers(self_);
  return {
    [this](write_events& x) {
      return pass<written_events>(self_, inbox_, std::move(x));
    },
    [this](const announce_events& x) { send(self_, inbox_, x); },
    [this](register_handler& x) -> caf::result<registered_handler> {
      if (auto err = check_home("handler", x.handler))
        return err;
      return pass<registered_handler>(self_, registrar_, std::move(x));
    },
    [this](unregister_handler& x) -> caf::result<unregistered_handler> {
      if (auto err = check_home("handler", x.handler))
        return err;
      if (x.forget)
        return make_error(errc::invalid, "forget",
                          "is for the node of the inbox to say");
      return pass<unregistered_handler>(self_, registrar_, std::move(x));
    },
    [this](const get_stats& x) { return pass<inbox_stats>(self_, inbox_, x); },
    [this](const get_summary& x) {
      return pass<store_summary>(self_, inbox_, x);
    },
    [this](const find_event& x) {
      return pass<event_record>(self_, inbox_, x);
    },
    [this](const find_trace& x) { return pass<trace>(self_, inbox_, x); },
    [](const drain_inbox&) -> caf::result<drain_report> {
      return make_error(errc::invalid, "drain_inbox",
                        "is for the node of the inbox to say");
    },
    [this](const greet_peer& x) -> caf::result<greet_peer> {
      if (auto err = check_home("peer", x.peer))
        return err;
      return pass<greet_peer>(self_, greeter_, x);
    },
  };
}

caf::error gate_state::check_home(const char* field,
                                  const caf::actor& who) const {
  if (!who)
    return make_error(errc::invalid, field, "must not be a null actor");
  auto& sender = self_->current_sender();
  if (!sender || sender->node() != who.node())
    return make_error(errc::invalid, field,
                      "must live on the node that sends it");
  return {};
}

} // namespace inbox
