#include "waker.hpp"

#include "caf_compat.hpp"
#include "watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace inbox {

namespace {

constexpr timespan pause = std::chrono::milliseconds{5};

} // namespace

waker_state::waker_state(waker_actor::pointer self, wake_signal_ptr signal)
  : self_{self},
    signal_{std::move(signal)} {
  // nop
}

waker_state::~waker_state() {
  // However this ends: the thread that waits would never come back.
  if (signal_)
    signal_->end();
}

void waker_state::alert(const wake_up& what) {
  if (peers_.empty() && !signal_)
    return;
  if (waiting_)
    merge(*waiting_, what);
  else
    waiting_ = what;
  if (!pausing_)
    tell_others();
}

void waker_state::tell_others() {
  auto what = std::exchange(waiting_, std::nullopt);
  if (!what)
    return;
  for (auto& peer : peers_)
    send(self_, caf::actor_cast<woken_actor>(peer), *what);
  if (signal_)
    signal_->ring(*what);
  pausing_ = true;
  self_->run_delayed(pause, [this] {
    pausing_ = false;
    tell_others();
  });
}

waker_actor::behavior_type waker_state::make_behavior() {
  return {
    [this](const wake_others& x) { alert(x.what); },
    [this](const meet_peer& x) {
      peers_.push_back(x.peer);
      watch(self_->address(), x.peer);
    },
    [this](const handler_down& x) {
      auto is_it = [&x](auto& peer) { return peer.address() == x.handler; };
      peers_.erase(std::remove_if(peers_.begin(), peers_.end(), is_it),
                   peers_.end());
    },
    [this](const end_duty&) {
      tell_others();
      if (signal_)
        signal_->end();
    },
  };
}

} // namespace inbox
