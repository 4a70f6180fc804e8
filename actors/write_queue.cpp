#include "write_queue.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

write_queue::write_queue(limits bounds) : limits_{bounds} {
  limits_.least_share = std::min(limits_.least_share, limits_.batch_events);
}

void write_queue::push(const write_call_ptr& x) {
  waiting_.push_back({x, 0, x->events.size()});
  size_ += x->events.size();
}

bool write_queue::may_go(const event& x) const {
  for (auto& [number, other] : under_way_) {
    static_cast<void>(number);
    if (x.ordering_key && other.is_ordered)
      return false;
    if (std::binary_search(other.ids.begin(), other.ids.end(), x.id))
      return false;
  }
  return true;
}

bool write_queue::is_ready() const {
  if (waiting_.empty())
    return false;
  if (under_way_.empty())
    return true;
  auto& next = waiting_.front();
  return size_ >= limits_.least_share && may_go(next.owner->events[next.begin]);
}

size_t write_queue::share_of(size_t statements) const {
  auto shares = std::clamp<size_t>(size_ / limits_.least_share, 1, statements);
  return std::min((size_ + shares - 1) / shares, limits_.batch_events);
}

bool write_queue::take_some(write_batch& to, contents& what,
                            size_t most_events) {
  auto& from = waiting_.front();
  write_part taken{from.owner, from.begin, 0};
  auto& events = from.owner->events;
  while (taken.count < from.count && to.events < most_events
         && to.bytes < limits_.batch_bytes) {
    auto& next = events[taken.begin + taken.count];
    if (!may_go(next))
      break;
    what.ids.push_back(next.id);
    what.is_ordered = what.is_ordered || next.ordering_key;
    to.bytes += bytes_of(next);
    ++to.events;
    ++taken.count;
  }
  if (taken.count == 0)
    return false;
  size_ -= taken.count;
  from.begin += taken.count;
  from.count -= taken.count;
  auto is_all = from.count == 0;
  if (is_all)
    waiting_.pop_front();
  ++taken.owner->under_way;
  to.parts.push_back(std::move(taken));
  return is_all;
}

write_batch write_queue::take(size_t most_events) {
  write_batch result;
  contents what;
  auto shares_with = [&result](const write_part& next) {
    return result.parts.empty()
           || (!next.owner->alone && !result.parts.back().owner->alone);
  };
  while (!waiting_.empty() && shares_with(waiting_.front())
         && take_some(result, what, most_events))
    ; // the next call may share the statement
  if (result.parts.empty())
    return result;
  result.number = ++last_;
  std::sort(what.ids.begin(), what.ids.end());
  under_way_.emplace(result.number, std::move(what));
  return result;
}

void write_queue::end(const write_batch& x) {
  under_way_.erase(x.number);
  for (auto& part : x.parts)
    --part.owner->under_way;
}

void write_queue::put_back(const write_batch& x) {
  for (auto i = x.parts.rbegin(); i != x.parts.rend(); ++i) {
    if (i->owner->failure)
      continue;
    size_ += i->count;
    // The rest of a large call may follow, in one statement as before.
    if (!waiting_.empty() && waiting_.front().owner == i->owner
        && waiting_.front().begin == i->begin + i->count) {
      waiting_.front().begin = i->begin;
      waiting_.front().count += i->count;
    } else {
      waiting_.push_front(*i);
    }
  }
}

void write_queue::drop(const write_call_ptr& x) {
  auto is_of_call = [&](const write_part& part) {
    if (part.owner != x)
      return false;
    size_ -= part.count;
    return true;
  };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), is_of_call),
                 waiting_.end());
}

} // namespace inbox
