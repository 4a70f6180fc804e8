#include "dispatcher.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

void dispatcher_state::serve(const serve_route& x) {
  auto& where = lanes_[x.route];
  if (where && where->add(x)) {
    start(where);
    return;
  }
  if (where)
    give_back_queue(where);
  where = std::make_shared<lane>(x, config_.max_in_flight);
}

caf::result<void> dispatcher_state::leave(const leave_route& x) {
  auto reply = self_->make_response_promise<void>();
  auto i = lanes_.find(x.route);
  if (i == lanes_.end()) {
    reply.deliver();
    return reply;
  }
  auto where = i->second;
  auto who = x.handler ? where->find(x.handler) : nullptr;
  if (x.handler && who == nullptr) {
    reply.deliver(); // another one has taken its place
    return reply;
  }
  if (who == nullptr || !where->remove(who)) {
    give_back_queue(where);
    lanes_.erase(i);
  }
  leaving_.push_back({std::move(where), std::move(who), reply});
  finish_leaving();
  return reply;
}

void dispatcher_state::finish_leaving() {
  auto goes_on = [](auto& x) {
    return (x.who ? x.who->running() : x.where->stats().running) > 0;
  };
  auto ended = std::stable_partition(leaving_.begin(), leaving_.end(), goes_on);
  for (auto i = ended; i != leaving_.end(); ++i)
    i->reply.deliver();
  leaving_.erase(ended, leaving_.end());
}

void dispatcher_state::suspend(const lane_ptr& where) {
  if (where->stats().stuck)
    return;
  where->mark_stuck(true);
  give_back_queue(where);
  // Workers may come back: ask again after a while.
  self_->run_delayed(config_.handler_timeout, [this, where] {
    where->mark_stuck(false);
    poke_if_room();
  });
}

void dispatcher_state::limit(const lane_ptr& where, const lane_handler_ptr& who,
                             uint32_t most, timespan pause) {
  who->limit(most);
  self_->run_delayed(pause, [this, where, who] {
    who->limit();
    start(where);
    poke_if_room();
  });
}

current_demand dispatcher_state::demand() {
  current_demand result;
  poller_ = caf::actor_cast<poked_actor>(self_->current_sender());
  full_.clear();
  result.bytes = room_for_bytes();
  // Whatever else is here would die with the process, and has an attempt less.
  result.perilous = perilous_.get();
  perilous_full_ = result.perilous == 0;
  for (auto& [route, where] : lanes_) {
    result.routes.push_back(route);
    if (draining_)
      continue;
    if (auto room = where->room(); room > 0 && result.bytes > 0)
      result.demand.push_back({route, room});
    else
      full_.insert(route);
  }
  return result;
}

uint64_t dispatcher_state::room_for_bytes() const {
  // As with deliveries: small claims cost as much as large ones.
  return bytes_ <= config_.max_bytes / 2 ? config_.max_bytes - bytes_ : 0;
}

void dispatcher_state::poke_if_room() {
  auto has_room = [this](route_id route) {
    auto i = lanes_.find(route);
    return i != lanes_.end() && i->second->room() > 0;
  };
  // Others of the kind may wait for the perilous ones that have ended.
  if ((perilous_full_ && perilous_.get() > 0)
      || (room_for_bytes() > 0
          && std::any_of(full_.begin(), full_.end(), has_room)))
    poke();
}

void dispatcher_state::poke() {
  if (draining_ || !poller_)
    return;
  full_.clear();
  perilous_full_ = false;
  send(self_, poller_, poke_poller{});
}

} // namespace inbox
