#pragma once

#include "../../actors/caf_compat.hpp"

#include <caf/action.hpp>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

#include <utility>

namespace inbox::test {

/// Has the actor `hdl` call `f` as its next message: what CAF allows only an
/// actor itself to do, such as answering a request.
template <class Handle, class F>
void run_in(const Handle& hdl, F f) {
  send_anonymously(caf::actor_cast<caf::actor>(hdl),
                   caf::make_action(std::move(f)));
}

} // namespace inbox::test
