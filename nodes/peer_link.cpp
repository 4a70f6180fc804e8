#include "peer_link.hpp"

#include "peer_line.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <chrono>
#include <utility>

namespace inbox {

namespace {

// The gate answers at once, unless it is ended meanwhile.
constexpr timespan patience = std::chrono::seconds{10};

} // namespace

peer_link_state::peer_link_state(peer_link_actor::pointer self,
                                 inbox_actor inbox, const uuid& owner,
                                 const endpoint& where,
                                 const peer_options& config,
                                 caf::io::middleman_actor middleman,
                                 uint64_t random_seed)
  : self_{self},
    inbox_{std::move(inbox)},
    owner_{owner},
    connector_{self,
               where,
               config.reconnect,
               std::move(middleman),
               use_logger(config.logger),
               random_seed,
               [this](auto& gate) { greet(gate); }} {
  // nop
}

peer_link_actor::behavior_type peer_link_state::make_behavior() {
  // Nobody else needs to hold on to this actor.
  inbox_->attach_functor([self = peer_link_actor{self_}](const caf::error&) {
    send_anonymously(self, end_duty{});
  });
  connector_.connect();
  return {
    [this](const handler_down& x) {
      if (!line_ || line_.address() != x.handler)
        return;
      line_ = nullptr;
      auto why = std::exchange(refused_, {});
      connector_.connect_later(why.empty() ? "the link was lost" : why);
    },
    [this](const end_duty&) {
      if (line_)
        self_->send_exit(line_, caf::exit_reason::kill);
      self_->quit();
    },
  };
}

void peer_link_state::greet(const gate_actor& gate) {
  auto line
    = self_->spawn<peer_line_impl>(caf::actor_cast<peering_actor>(inbox_));
  line_ = line;
  watch(self_->address(), caf::actor_cast<caf::actor>(line));
  request(self_, gate, patience,
          greet_peer{owner_, caf::actor_cast<caf::actor>(line)})
    .then(
      [this, line, node = gate.node()](const greet_peer& other) {
        auto is_good = other.peer && other.peer.node() == node
                       && !other.owner.is_nil() && other.owner != owner_;
        if (!is_good) {
          refuse(line, "the answer names no other inbox");
          return;
        }
        connector_.is_of_use();
        send(self_, line, other);
      },
      [this, line](const caf::error& err) { refuse(line, describe(err)); });
}

void peer_link_state::refuse(const peer_line_actor& line, std::string why) {
  refused_ = std::move(why);
  self_->send_exit(line, caf::exit_reason::kill);
}

} // namespace inbox
