#include "rescuer.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"
#include "watch.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace inbox {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Until another inbox has been seen: its connection may take a moment.
constexpr timespan first_search = milliseconds{250};
constexpr timespan longest_search = seconds{60};

// A server notices within this that a process has ended; the kernel closes the
// connections of that process one after another.
constexpr timespan look_pause = milliseconds{150};
constexpr timespan looks_end = seconds{1};

// In which an inbox that is still there connects again, or gives up its leases.
constexpr timespan confirmation = seconds{1};
constexpr timespan solitude = milliseconds{600};

// How long a lost one is remembered.
constexpr timespan memory = seconds{5};

} // namespace

rescuer_state::rescuer_state(rescuer_actor::pointer self, looking_store store,
                             lease_holding_actor dispatcher, poked_actor poller,
                             alerting_actor waker, logger_ptr log)
  : self_{self},
    store_{std::move(store)},
    dispatcher_{std::move(dispatcher)},
    poller_{std::move(poller)},
    waker_{std::move(waker)},
    log_{use_logger(std::move(log))} {
  // nop
}

rescuer_actor::behavior_type rescuer_state::make_behavior() {
  return {
    [this](const meet_peer& x) { met(x); },
    [this](const lose_peer& x) { link_ended(x); },
    [this](const handler_down& x) { link_ended({x.handler}); },
    [this](const presence_changed& x) { set_present(x.present); },
    [this](const get_stats&) { return stats(); },
    [this](const end_duty&) {
      peers_.clear();
      links_.clear();
    },
  };
}

void rescuer_state::met(const meet_peer& x) {
  if (!links_.emplace(x.peer.address(), x.owner).second)
    return;
  watch(self_->address(), x.peer);
  auto& known = peers_[x.owner];
  ++known.links;
  ++known.turn;
  if (!known.seen)
    look_until_seen(x.owner, known.turn, first_search);
}

rescuer_state::peer* rescuer_state::find(const uuid& owner, uint64_t turn) {
  auto i = peers_.find(owner);
  return i != peers_.end() && i->second.turn == turn ? &i->second : nullptr;
}

void rescuer_state::look_until_seen(const uuid& owner, uint64_t turn,
                                    timespan pause) {
  auto later = [this, owner, turn, pause] {
    self_->run_delayed(pause, [this, owner, turn, pause] {
      if (find(owner, turn) != nullptr)
        look_until_seen(owner, turn, std::min(pause * 2, longest_search));
    });
  };
  request(self_, store_, caf::infinite, look_for_owner{owner})
    .then(
      [this, owner, turn, later](const found_owner& x) {
        if (!x.known)
          return;
        if (!x.present)
          later();
        else if (auto* known = find(owner, turn))
          known->seen = true;
      },
      [later](const caf::error&) { later(); });
}

void rescuer_state::link_ended(const lose_peer& x) {
  auto i = links_.find(x.peer);
  if (i == links_.end())
    return;
  auto owner = i->second;
  links_.erase(i);
  auto& known = peers_[owner];
  if (--known.links > 0)
    return;
  auto turn = ++known.turn;
  log_->info("peer_lost owner={} sudden={} present={}",
             boost::uuids::to_string(owner), x.sudden, known.seen);
  if (!x.out_of_reach) {
    peers_.erase(owner);
    return;
  }
  known.lost_at = monotonic_now(self_);
  self_->run_delayed(memory, [this, owner, turn] {
    if (find(owner, turn) != nullptr)
      peers_.erase(owner);
  });
  // The other one may see more in this than we do.
  watch_solitude();
  if (x.sudden && known.seen)
    look_for_lost(owner, turn);
}

void rescuer_state::look_for_lost(const uuid& owner, uint64_t turn) {
  request(self_, store_, caf::infinite, look_for_owner{owner})
    .then(
      [this, owner, turn](const found_owner& x) {
        if (x.present)
          look_again(owner, turn);
        else
          self_->run_delayed(confirmation,
                             [this, owner, turn, latest = x.latest_lease] {
                               rescue(owner, turn, latest);
                             });
      },
      [this, owner, turn](const caf::error&) { look_again(owner, turn); });
}

void rescuer_state::look_again(const uuid& owner, uint64_t turn) {
  self_->run_delayed(look_pause, [this, owner, turn] {
    auto* known = find(owner, turn);
    if (known == nullptr || monotonic_now(self_) - known->lost_at > looks_end)
      return; // it is there, or its leases run out
    look_for_lost(owner, turn);
  });
}

void rescuer_state::rescue(const uuid& owner, uint64_t turn,
                           timestamp latest_lease) {
  // Who cannot be seen is no judge of who else cannot.
  if (find(owner, turn) == nullptr || !present_)
    return;
  request(self_, store_, caf::infinite,
          look_for_owner{owner, true, latest_lease})
    .then(
      [this, owner](const found_owner& x) {
        if (x.present)
          return;
        log_->warn("inbox_lost owner={} leases={}",
                   boost::uuids::to_string(owner), x.ended);
        if (x.ended == 0)
          return;
        send(self_, waker_, wake_others{});
        send(self_, poller_, poke_poller{});
      },
      [](const caf::error&) {
        // Its leases run out.
      });
}

inbox_stats rescuer_state::stats() const {
  inbox_stats result;
  result.present = present_;
  for (auto& [owner, known] : peers_) {
    if (known.links == 0)
      continue;
    ++result.peers;
    result.peers_present += known.seen ? 1 : 0;
  }
  return result;
}

void rescuer_state::set_present(bool present) {
  present_ = present;
  was_present_ = was_present_ || present;
  watch_solitude();
}

bool rescuer_state::is_alone() const {
  return was_present_ && !present_
         && std::any_of(peers_.begin(), peers_.end(),
                        [](auto& x) { return x.second.links == 0; });
}

void rescuer_state::watch_solitude() {
  if (!is_alone() || std::exchange(watching_, true))
    return;
  self_->run_delayed(solitude, [this] {
    watching_ = false;
    if (is_alone())
      give_up_leases();
  });
}

void rescuer_state::give_up_leases() {
  request(self_, dispatcher_, caf::infinite, get_leases{})
    .then(
      [this](held_leases& held) {
        if (!held.leases.empty())
          send(self_, dispatcher_, lose_leases{std::move(held.leases)});
      },
      [](const caf::error&) {
        // The dispatcher is gone, and so will be this actor.
      });
}

} // namespace inbox
