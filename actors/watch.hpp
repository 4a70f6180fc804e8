#pragma once

#include "caf_compat.hpp"
#include "interfaces.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/error.hpp>

#include <utility>

namespace inbox {

/// Has `self` get `handler_down` when `who` ends, or the link to its node. Such
/// a message, and no monitor: it is the same in every version of CAF. Before
/// that `note` gets the reason, on whatever thread: the message could come from
/// anybody.
template <class Note>
void watch(const caf::actor_addr& self, const caf::actor& who, Note note) {
  who->attach_functor([self, address = who.address(),
                       note = std::move(note)](const caf::error& why) {
    note(why);
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(self))
      send_anonymously(caf::actor_cast<interface<takes<handler_down>>>(alive),
                       handler_down{address});
  });
}

inline void watch(const caf::actor_addr& self, const caf::actor& who) {
  watch(self, who, [](const caf::error&) {});
}

} // namespace inbox
