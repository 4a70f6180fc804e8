#pragma once

#include "caf_fixture.hpp"

#include <caf/actor_proxy.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/forwarding_actor_proxy.hpp>
#include <caf/make_actor.hpp>
#include <caf/node_id.hpp>

#include <string>
#include <vector>

namespace inbox::test {

enum class far { bounces, is_silent };

/// Makes what looks like an actor on another node, and bounces every request as
/// that node does for an actor that is gone; or never answers, as when the node
/// is lost.
inline caf::actor make_far_actor(caf::actor_system& sys,
                                 far how = far::bounces) {
  auto bounce = [how](const caf::strong_actor_ptr& who, caf::message_id mid) {
    if (how == far::bounces)
      caf::detail::sync_request_bouncer{caf::sec::request_receiver_down}(who,
                                                                         mid);
  };
  // What the network is to a proxy. CAF 0.18 sends the stages of a message too.
  auto network = sys.spawn([bounce](caf::event_based_actor* self) {
    return caf::behavior{
      [bounce](caf::forward_atom, const caf::strong_actor_ptr& who,
               const std::vector<caf::strong_actor_ptr>&,
               const caf::strong_actor_ptr&, caf::message_id mid,
               const caf::message&) { bounce(who, mid); },
      [bounce](caf::forward_atom, const caf::strong_actor_ptr& who,
               const caf::strong_actor_ptr&, caf::message_id mid,
               const caf::message&) { bounce(who, mid); },
      [](caf::monitor_atom, const caf::strong_actor_ptr&) {},
      [self](caf::delete_atom, const caf::node_id&, caf::actor_id) {
        self->quit();
      },
    };
  });
  auto node = caf::make_node_id(1, std::string(40, 'a'));
  caf::actor_config config;
  return caf::make_actor<caf::forwarding_actor_proxy, caf::actor>(1, *node,
                                                                  &sys, config,
                                                                  network);
}

/// Does what CAF does with its proxies when the link to their node is lost.
inline void lose_link(const caf::actor& who) {
  auto* proxy = dynamic_cast<caf::actor_proxy*>(
    caf::actor_cast<caf::abstract_actor*>(who));
  proxy->kill_proxy(nullptr, caf::exit_reason::remote_link_unreachable);
}

} // namespace inbox::test
