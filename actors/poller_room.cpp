#include "poller.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

void poller_state::ask_for_room() {
  auto which = room_.ask();
  auto answered = [this, which](current_demand room) {
    if (!room_.awaits(which))
      return; // the answer to a later question will do
    keep_lent(room);
    room_.fill(std::move(room));
    has_room();
  };
  request(self_, dispatcher_, caf::infinite, get_demand{})
    .then([answered](current_demand& room) { answered(std::move(room)); },
          [answered](const caf::error&) { answered({}); });
}

void poller_state::has_room() {
  auto room = room_.left();
  // Events may have been kept for a handler that has come.
  std::set<route_id> now{room.routes.begin(), room.routes.end()};
  routing_due_ = routing_due_
                 || !std::includes(routes_.begin(), routes_.end(), now.begin(),
                                   now.end());
  routes_ = std::move(now);
  auto waited = std::exchange(waits_, waits::no);
  if (waited == waits::to_begin)
    route(std::move(room));
  else if (waited == waits::to_go_on && !claim_more())
    finish_round(false);
}

bool poller_state::claim_more() {
  if (ending_)
    return false;
  by_clock_ = false;
  auto is_enough = [this] { return room_.is_enough_for(config_.batch_size); };
  while (!idle_.empty() && is_enough())
    claim(room_.left(), false);
  return is_enough();
}

void poller_state::go_on() {
  again_ = true; // unless a claim begins
  if (claim_more())
    return;
  // The answer comes in time for the next claim.
  if (!room_.is_asked() && idle_.size() < stores_.size())
    ask_for_room();
  if (room_.is_asked())
    waits_ = waits::to_go_on;
  else
    finish_round(false);
}

} // namespace inbox
