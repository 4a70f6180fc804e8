#include "memory_store.hpp"

#include "../burial.hpp"
#include "../byte_budget.hpp"
#include "../micros.hpp"
#include "../perilous.hpp"
#include "../rooms.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

namespace inbox::memory {

namespace {

/// Walks through the claimable deliveries of one route, oldest first.
class cursor {
public:
  cursor(const tables& data, route_row& route, uint32_t room, timestamp now)
    : data_(&data),
      i_(route.waiting.begin()),
      end_(route.waiting.end()),
      room_(room),
      now_(now) {
    skip_held();
  }

  [[nodiscard]] bool at_end() const {
    return room_ == 0 || i_ == end_ || i_->first.first > now_;
  }

  [[nodiscard]] delivery_row& get() const {
    return *i_->second;
  }

  void advance() {
    --room_;
    skip();
  }

  /// Goes on without making use of the room.
  void skip() {
    ++i_;
    skip_held();
  }

  /// For a queue whose top is the oldest: by due time, event, route.
  friend bool operator<(const cursor& x, const cursor& y) {
    auto key = [](const cursor& c) {
      return std::tuple{c.i_->first, c.get().route->id};
    };
    return key(y) < key(x);
  }

private:
  // A lease that was found expired may be alive again if the clock was set
  // back since.
  void skip_held() {
    while (!at_end()
           && ((get().lease_owner && get().lease_until > now_)
               || data_->is_held_up(get(), now_)))
      ++i_;
  }

  const tables* data_;
  delivery_index::iterator i_;
  delivery_index::iterator end_;
  uint32_t room_;
  timestamp now_;
};

bool is_perilous(const delivery_row& row, uint32_t max_attempts) {
  return inbox::is_perilous(row.lease_owner.has_value(), row.attempts,
                            max_attempts);
}

std::vector<delivery_row*> select(tables& data, const claim_deliveries& x,
                                  timestamp now) {
  std::priority_queue<cursor> queue;
  for (auto [id, room] : rooms_of(x.demand)) {
    auto* route = data.find_route(id);
    if (route == nullptr)
      continue;
    data.expire_leases(*route, now);
    if (auto first = cursor{data, *route, room, now}; !first.at_end())
      queue.push(first);
  }
  std::vector<delivery_row*> result;
  perilous_choice perilous{x};
  while (!queue.empty() && result.size() < x.limit) {
    auto next = queue.top();
    queue.pop();
    if (is_perilous(next.get(), x.max_attempts)
        && !perilous.take(next.get().attempts)) {
      next.skip();
    } else {
      result.push_back(&next.get());
      next.advance();
    }
    if (!next.at_end())
      queue.push(next);
  }
  return result;
}

buried_delivery bury(delivery_row& row, uint32_t max_attempts, timestamp now) {
  if (row.lease_owner || !row.message)
    row.message = expired_message(row.attempts, max_attempts);
  row.progress = progress::dead;
  row.finished = now;
  row.lease_owner.reset();
  buried_delivery result;
  result.handler_key = row.route->handler_key;
  result.event_id = row.event->content.id;
  result.event_type = row.event->content.type;
  result.route = row.route->id;
  result.attempts = row.attempts;
  result.message = *row.message;
  return result;
}

} // namespace

caf::expected<claimed_deliveries>
memory_store::claim(const claim_deliveries& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  claimed_deliveries result;
  result.may_route = x.look_first && may_route(x.demand);
  byte_budget bytes{x.max_bytes};
  for (auto* row : select(*data_, x, now)) {
    auto exhausted = row->attempts >= x.max_attempts;
    if (!exhausted && !bytes.take(row->event->content.payload.size())) {
      result.more = true;
      break;
    }
    if (exhausted) {
      data_->unindex(*row);
      ++row->lease_token; // also fences the old holder
      result.buried.push_back(bury(*row, x.max_attempts, now));
      data_->index(*row);
    } else {
      auto perilous = is_perilous(*row, x.max_attempts);
      auto until = now + micros(x.lease_duration);
      result.claimed.push_back(data_->lease_to(x.owner, *row, until));
      result.claimed.back().perilous = perilous;
    }
  }
  return result;
}

} // namespace inbox::memory
