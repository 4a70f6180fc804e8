#include "function_jobs.hpp"

#include "in_place.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

using guard = std::lock_guard<std::mutex>;

function_jobs::ending not_begun(uint64_t ticket, const lease& which) {
  return {ticket, std::nullopt, {}, {}, which};
}

function_jobs::ending found_no_worker(uint64_t ticket, const lease& which) {
  return {
    ticket, failed("found no free worker before its deadline"), {}, {}, which};
}

/// Adds the ends of all that waits in a group, as `make` makes them.
template <class Ends, class Make>
void add_ends(Ends& to, const job_queue::group& x, Make make) {
  for (auto i = x.next; i < x.jobs.size(); ++i)
    to.push_back(make(x.ticket + i, x.jobs[i].which));
}

} // namespace

function_jobs::function_jobs(uint32_t concurrency)
  : concurrency_{std::max(concurrency, 1u)} {
  // nop
}

template <class Predicate>
size_t function_jobs::count(Predicate is_meant) const {
  return static_cast<size_t>(
    std::count_if(workers_.begin(), workers_.end(), [&](auto& entry) {
      return !entry.second.stuck && is_meant(entry.second);
    }));
}

bool function_jobs::has_job_for_another() const {
  return waiting_.size()
         > count([](auto& x) { return !x.asleep && x.ticket == 0; });
}

// -- for the owner ------------------------------------------------------------

void function_jobs::push(job x) {
  job_queue::group alone;
  alone.jobs.push_back({x.which, std::move(x.request), x.not_after});
  alone.ticket = x.ticket;
  alone.expires = x.expires;
  guard lock{mutex_};
  waiting_.push(std::move(alone));
}

uint64_t function_jobs::push(std::vector<function_job> xs, uint64_t last) {
  auto result = last + xs.size();
  guard lock{mutex_};
  waiting_.push({std::move(xs), last + 1});
  return result;
}

std::optional<function_jobs::worker_id> function_jobs::wake() {
  guard lock{mutex_};
  if (!has_job_for_another())
    return std::nullopt;
  auto i = std::find_if(workers_.begin(), workers_.end(),
                        [](auto& entry) { return entry.second.asleep; });
  if (i == workers_.end())
    return std::nullopt;
  i->second.asleep = false;
  return i->first;
}

bool function_jobs::wants_worker() const {
  guard lock{mutex_};
  return has_job_for_another()
         && count([](auto&) { return true; }) < concurrency_;
}

function_jobs::worker_id function_jobs::add_worker() {
  guard lock{mutex_};
  workers_.emplace(++last_worker_, worker{});
  return last_worker_;
}

void function_jobs::remove_worker(worker_id which) {
  guard lock{mutex_};
  workers_.erase(which);
}

std::vector<function_jobs::ending> function_jobs::take_waiting() {
  guard lock{mutex_};
  std::vector<ending> result;
  result.reserve(waiting_.size());
  for (auto& x : waiting_.take_all())
    add_ends(result, x, not_begun);
  return result;
}

std::vector<function_jobs::overdue>
function_jobs::expire_running(timespan now) {
  guard lock{mutex_};
  std::vector<overdue> result;
  for (auto& entry : workers_) {
    auto& x = entry.second;
    if (x.ticket != 0 && !x.stuck && x.until <= now) {
      x.stuck = true;
      ++stuck_;
      x.cancellation.request();
      auto& late = result.emplace_back();
      late.end = {x.ticket,
                  failed("did not return before its deadline"),
                  now - x.since,
                  {},
                  x.which};
      late.handler_key = x.handler_key;
    }
  }
  return result;
}

void function_jobs::cancel_running() {
  guard lock{mutex_};
  for (auto& [id, x] : workers_)
    if (x.ticket != 0)
      x.cancellation.request();
}

void function_jobs::expire_waiting(timespan now) {
  guard lock{mutex_};
  for (auto& x : waiting_.take_expired(now))
    add_ends(ended_, x, found_no_worker);
}

std::optional<timespan> function_jobs::next_expiry(timespan now) const {
  guard lock{mutex_};
  auto result = timespan::max();
  for (auto& [id, x] : workers_)
    if (x.ticket != 0 && !x.stuck)
      result = std::min(result, x.until);
  // Those without a time of their own begin later, and then have some.
  waiting_.for_each([&](auto& x, timespan expires) {
    result = std::min({result, expires, now + x.request.timeout});
  });
  if (result == timespan::max())
    return std::nullopt;
  return result;
}

block_deque<function_jobs::ending> function_jobs::take_ended() {
  guard lock{mutex_};
  news_ = false;
  told_ = false;
  return std::exchange(ended_, {});
}

std::vector<function_jobs::worker_id> function_jobs::take_surplus() {
  guard lock{mutex_};
  return std::exchange(surplus_, {});
}

bool function_jobs::is_busy() const {
  guard lock{mutex_};
  return !waiting_.empty() || count([](auto& x) { return x.ticket != 0; }) > 0;
}

size_t function_jobs::open() const {
  guard lock{mutex_};
  return stuck_ + count([](auto& x) { return x.ticket != 0; });
}

size_t function_jobs::stuck() const {
  guard lock{mutex_};
  return stuck_;
}

// -- for the workers ----------------------------------------------------------

std::optional<function_jobs::job> function_jobs::next(worker_id who,
                                                      timespan now) {
  guard lock{mutex_};
  auto i = workers_.find(who);
  if (i == workers_.end())
    return std::nullopt; // a surplus one
  while (!waiting_.empty()) {
    auto& group = waiting_.front();
    auto& first = group.jobs[group.next];
    auto ticket = group.ticket + group.next;
    auto expires = group.expires;
    auto is_void = first.request.cancellation.requested()
                   || first.trusted_until <= now;
    if (is_void || expires <= now) {
      // Begun when its time is over, it would be taken for a stuck one.
      ended_.push_back(is_void ? not_begun(ticket, first.which)
                               : found_no_worker(ticket, first.which));
      waiting_.pop_front();
      news_ = true;
      continue;
    }
    std::optional<job> result{in_place{[&] {
      return job{ticket, std::move(first.request), first.trusted_until, expires,
                 first.which};
    }}};
    waiting_.pop_front();
    auto& x = i->second;
    x.ticket = ticket;
    x.which = result->which;
    x.handler_key = result->request.handler_key;
    x.cancellation = result->request.cancellation;
    x.since = now;
    auto& timeout = result->request.timeout;
    if (expires != timespan::max())
      timeout = std::min(timeout, expires - now);
    x.until = now + timeout;
    return result;
  }
  i->second.asleep = true;
  return std::nullopt;
}

bool function_jobs::may_commit(worker_id who, timespan now, timespan patience) {
  guard lock{mutex_};
  auto i = workers_.find(who);
  if (i == workers_.end() || i->second.stuck)
    return false;
  i->second.until = std::max(i->second.until, now + patience);
  return true;
}

void function_jobs::finish(worker_id who, function_result&& result,
                           timespan now) {
  guard lock{mutex_};
  auto i = workers_.find(who);
  if (i == workers_.end() || i->second.ticket == 0)
    return;
  auto& x = i->second;
  auto ticket = std::exchange(x.ticket, 0);
  news_ = true;
  if (!x.stuck) {
    ended_.emplace_back(in_place{[&] {
      return ending{ticket, std::move(result.answer), now - x.since,
                    result.commit, x.which};
    }});
    return;
  }
  --stuck_;
  if (count([](auto&) { return true; }) < concurrency_) {
    x.stuck = false;
  } else {
    surplus_.push_back(who);
    workers_.erase(i);
  }
}

bool function_jobs::has_news() {
  guard lock{mutex_};
  return news_ && !std::exchange(told_, true);
}

} // namespace inbox
