#include "room_account.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

uint64_t sum_of(const std::vector<route_demand>& demand) {
  uint64_t result = 0;
  for (auto& x : demand)
    result += x.room;
  return result;
}

void room_account::expense::add(const expense& x) {
  for (auto [route, n] : x.deliveries)
    deliveries[route] += n;
  bytes += x.bytes;
  perilous = perilous || x.perilous;
}

room_account::expense room_account::most_of(const claim_deliveries& x) {
  expense result;
  for (auto& entry : x.demand)
    result.deliveries[entry.route] = std::min(entry.room, x.limit);
  result.bytes = x.max_bytes;
  return result;
}

room_account::question room_account::ask() {
  asked_ = true;
  unknown_ = {};
  return ++last_;
}

void room_account::fill(current_demand answer) {
  asked_ = false;
  offered_ = std::move(answer);
  spent_ = std::exchange(unknown_, {});
}

void room_account::reserve(const claim_deliveries& x) {
  reserved_.add(most_of(x));
}

void room_account::release(const claim_deliveries& x) {
  auto most = most_of(x);
  for (auto [route, n] : most.deliveries)
    reserved_.deliveries[route] -= n;
  reserved_.bytes -= most.bytes;
}

void room_account::spend(const std::vector<claimed_delivery>& deliveries) {
  expense now;
  for (auto& x : deliveries) {
    ++now.deliveries[x.lease.route];
    now.bytes += x.event.payload.size();
    now.perilous = now.perilous || x.perilous;
  }
  spent_.add(now);
  unknown_.add(now);
}

current_demand room_account::left() const {
  auto result = offered_;
  auto& all = result.demand;
  // Whether there may be more of these, only the dispatcher can say.
  if (spent_.perilous)
    all.clear();
  // Claims under way may find one.
  auto is_taken = [](auto& entry) { return entry.second > 0; };
  if (std::any_of(reserved_.deliveries.begin(), reserved_.deliveries.end(),
                  is_taken))
    result.perilous = 0;
  for (auto* taken : {&spent_, &reserved_}) {
    for (auto& entry : all)
      if (auto i = taken->deliveries.find(entry.route);
          i != taken->deliveries.end())
        entry.room -= std::min(entry.room, i->second);
    result.bytes -= std::min(result.bytes, taken->bytes);
  }
  auto is_full = [](auto& entry) { return entry.room == 0; };
  all.erase(std::remove_if(all.begin(), all.end(), is_full), all.end());
  return result;
}

bool room_account::is_enough_for(uint64_t deliveries) const {
  auto now = left();
  return sum_of(now.demand) >= std::max<uint64_t>(deliveries, 1)
         && now.bytes > 0 && now.bytes >= offered_.bytes / 2;
}

} // namespace inbox
