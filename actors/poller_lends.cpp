#include "poller.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// To one write at most, and no more than half of what there is: the rest is for
// claims that come meanwhile.
constexpr uint64_t most_lent_bytes = 16 * 1024 * 1024;

} // namespace

caf::result<current_demand> poller_state::lend() {
  // What is due goes first, and what a round has asked for is not to be had.
  auto may_lend = [this] {
    return drained_ && !polling_ && !resting_ && !ending_ && !lent_;
  };
  if (!may_lend())
    return current_demand{};
  auto reply = self_->make_response_promise<current_demand>();
  request(self_, dispatcher_, caf::infinite, get_demand{})
    .then(
      [this, may_lend, reply](current_demand& room) mutable {
        if (!may_lend() || room.demand.empty()) {
          reply.deliver(current_demand{});
          return;
        }
        for (auto& x : room.demand)
          x.room -= x.room / 2;
        room.bytes = std::min(room.bytes / 2, most_lent_bytes);
        lent_ = room;
        reply.deliver(std::move(room));
      },
      [reply](const caf::error&) mutable { reply.deliver(current_demand{}); });
  return reply;
}

void poller_state::keep_lent(current_demand& room) {
  if (!lent_)
    return;
  for (auto& x : room.demand)
    for (auto& lent : lent_->demand)
      if (lent.route == x.route)
        x.room -= std::min(x.room, lent.room);
  room.bytes -= std::min(room.bytes, lent_->bytes);
  auto is_full = [](const route_demand& x) { return x.room == 0; };
  auto& all = room.demand;
  all.erase(std::remove_if(all.begin(), all.end(), is_full), all.end());
  if (room.bytes == 0)
    all.clear();
  was_short_ = true;
}

void poller_state::get_back(return_room& x) {
  lent_.reset();
  stats_.claimed += x.deliveries.size();
  room_.spend(x.deliveries);
  if (!x.deliveries.empty())
    send(self_, dispatcher_,
         dispatch_deliveries{std::move(x.deliveries), x.trusted_until});
  if (ending_)
    finish_round(false);
  else if (std::exchange(was_short_, false))
    poll();
}

} // namespace inbox
