#pragma once

#include "caf_compat.hpp"
#include "interfaces.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>

namespace inbox {

/// Has `self` get `handler_down` when `who` ends, or the link to its node. Such
/// a message, and no monitor: it is the same in every version of CAF.
inline void watch(const caf::actor_addr& self, const caf::actor& who) {
  who->attach_functor([self, address = who.address()](const caf::error&) {
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(self))
      send_anonymously(caf::actor_cast<interface<takes<handler_down>>>(alive),
                       handler_down{address});
  });
}

} // namespace inbox
