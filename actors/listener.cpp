#include "listener.hpp"

#include "caf_compat.hpp"
#include "guarded.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace inbox {

namespace {

constexpr timespan first_pause = std::chrono::milliseconds{100};
constexpr timespan longest_pause = std::chrono::seconds{5};
constexpr timespan pause_for_options = std::chrono::minutes{1};

} // namespace

listener_state::listener_state(listener_actor::pointer self,
                               wake_channel_opener open, wake_signal_ptr signal,
                               receivers to)
  : self_{self},
    open_{std::move(open)},
    signal_{std::move(signal)},
    to_{std::move(to)},
    pause_{first_pause} {
  // nop
}

listener_actor::behavior_type listener_state::make_behavior() {
  send(self_, listener_actor{self_}, go_on_listening{});
  return {
    [this](const go_on_listening&) { listen(); },
    [this](const end_duty&) {
      channel_.reset(); // closed before the answer
      self_->quit();
    },
  };
}

void listener_state::listen() {
  if (signal_->ended())
    return; // `end_duty` is to come, or the end of all
  if (!channel_) {
    auto opened = guarded(open_);
    if (!opened) {
      failed(opened.error());
      return;
    }
    channel_ = std::move(*opened);
    tell_presence();
    wake_inbox({});
  }
  auto heard = guarded([this] { return channel_->wait(*signal_); });
  if (!heard) {
    channel_.reset();
    tell_presence();
    failed(heard.error());
    return;
  }
  pause_ = first_pause;
  reported_.clear();
  tell_presence();
  for (auto& x : *heard)
    wake_inbox(x);
  send(self_, listener_actor{self_}, go_on_listening{});
}

void listener_state::failed(const caf::error& err) {
  if (auto what = describe(err); what != reported_) {
    reported_ = std::move(what);
    send(self_, to_.notifier, error_occurred{err});
  }
  auto pause = is_transient(err) ? pause_ : pause_for_options;
  pause_ = std::min(pause_ * 2, longest_pause);
  self_->run_delayed(pause, [this] { listen(); });
}

void listener_state::wake_inbox(const wake_up& what) {
  if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(to_.inbox))
    send_anonymously(caf::actor_cast<woken_actor>(alive), what);
}

void listener_state::tell_presence() {
  auto present = channel_ && channel_->present();
  if (present != std::exchange(present_, present))
    send(self_, to_.rescuer, presence_changed{present});
}

} // namespace inbox
