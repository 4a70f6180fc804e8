#include "inbox_actor.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <string>
#include <utility>

// Other inboxes on the store.

namespace inbox {

void inbox_state::meet(const meet_peer& x) {
  if (draining_ || !x.peer)
    return;
  send(self_, waker_, x);
  send(self_, rescuer_, x);
}

void inbox_state::woken(const wake_up& x) {
  auto is_handled = [this](const std::string& type) {
    auto i = handlers_.lower_bound({type, {}});
    return i != handlers_.end() && i->first.first == type;
  };
  auto& types = x.event_types;
  if (types.empty() || std::any_of(types.begin(), types.end(), is_handled))
    send(self_, poller_, poke_poller{});
}

void inbox_state::announced(const announce_events& x) {
  auto what = make_wake_up(x.event_types);
  woken(what);
  send(self_, waker_, wake_others{std::move(what)});
}

} // namespace inbox
