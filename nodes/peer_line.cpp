#include "peer_line.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/monotonic.hpp"
#include "../actors/watch.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/settings.hpp>

#include <chrono>
#include <utility>

namespace inbox {

namespace {

// Where CAF gives no connection up by itself.
constexpr timespan usual_silence = std::chrono::seconds{10};

timespan silence_in(const caf::actor_system_config& cfg) {
  auto result = caf::get_or(content(cfg), "caf.middleman.connection-timeout",
                            caf::timespan{0});
  return result.count() > 0 ? result : usual_silence;
}

} // namespace

peer_line_state::peer_line_state(peer_line_actor::pointer self,
                                 peering_actor inbox)
  : self_{self},
    inbox_{std::move(inbox)},
    silence_{silence_in(self->system().config())},
    state_{std::make_shared<std::atomic<other_state>>(other_state::there)} {
  // nop
}

peer_line_actor::behavior_type peer_line_state::make_behavior() {
  ignore_strangers(self_);
  auto is_from_here = [this] {
    auto& sender = self_->current_sender();
    return sender && sender->node() == self_->node();
  };
  return {
    [this, is_from_here](const greet_peer& x) {
      if (is_from_here() && !other_)
        begin(x);
    },
    [this, is_from_here](const wake_up& x) {
      if (is_from_here() && other_)
        send(self_, caf::actor_cast<interface<takes<peer_word>>>(other_),
             peer_word{true, x});
    },
    [this](const peer_word& x) {
      if (self_->current_sender()
          == caf::actor_cast<caf::strong_actor_ptr>(other_))
        heard(x);
    },
    [this](const handler_down&) {
      if (state_->load() != other_state::there)
        end();
    },
  };
}

void peer_line_state::begin(const greet_peer& x) {
  other_ = x.peer;
  heard_at_ = monotonic_now(self_);
  send(self_, inbox_,
       meet_peer{x.owner, caf::actor_cast<caf::actor>(peer_line_actor{self_})});
  watch(self_->address(), other_, [state = state_](const caf::error& why) {
    state->store(why == caf::exit_reason::remote_link_unreachable
                   ? other_state::out_of_reach
                   : other_state::ended);
  });
  show_life();
}

void peer_line_state::show_life() {
  send(self_, caf::actor_cast<interface<takes<peer_word>>>(other_),
       peer_word{});
  self_->run_delayed(silence_ / 5, [this] { show_life(); });
}

void peer_line_state::heard(const peer_word& x) {
  heard_at_ = monotonic_now(self_);
  if (!x.wakes)
    return;
  auto is_too_much = x.what.event_types.size() > wake_up::most_types;
  send(self_, inbox_, is_too_much ? wake_up{} : x.what);
}

void peer_line_state::end() {
  auto out_of_reach = state_->load() == other_state::out_of_reach;
  auto sudden = out_of_reach && monotonic_now(self_) - heard_at_ < silence_ / 2;
  auto quit = [this] { self_->quit(); };
  // Only then, since the inbox also hears of the end itself, by a shorter way.
  request(self_, inbox_, caf::infinite,
          lose_peer{self_->address(), out_of_reach, sudden})
    .then(quit, [quit](const caf::error&) { quit(); });
}

} // namespace inbox
