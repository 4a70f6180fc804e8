#pragma once

#include "../messages/function_duties.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace inbox {

/// Jobs that wait for a worker, first in, first out. What was given together
/// stays in the memory that it came in: nothing is moved before its turn.
class job_queue {
public:
  /// What came together, from `next` on.
  struct group {
    std::vector<function_job> jobs;
    /// The ticket of the first one; those of the others follow.
    uint64_t ticket = 0;
    /// When all of them have failed at the latest.
    timespan expires = timespan::max();
    size_t next = 0;
  };

  void push(group x) {
    if (x.jobs.empty())
      return;
    size_ += x.jobs.size();
    groups_.push_back(std::move(x));
  }

  [[nodiscard]] bool empty() const noexcept {
    return groups_.empty();
  }

  [[nodiscard]] size_t size() const noexcept {
    return size_;
  }

  /// Returns the group that the next job is of.
  [[nodiscard]] group& front() {
    return groups_.front();
  }

  /// Takes the next job off.
  void pop_front() {
    auto& first = groups_.front();
    --size_;
    if (++first.next == first.jobs.size())
      groups_.pop_front();
  }

  /// Takes off those that are over by `now`.
  [[nodiscard]] std::vector<group> take_expired(timespan now);

  /// Takes off all.
  [[nodiscard]] std::deque<group> take_all() {
    size_ = 0;
    return std::exchange(groups_, {});
  }

  /// Calls `f` with each job and when it has failed at the latest.
  template <class Function>
  void for_each(Function f) const {
    for (auto& x : groups_)
      for (auto i = x.next; i < x.jobs.size(); ++i)
        f(x.jobs[i], x.expires);
  }

private:
  std::deque<group> groups_;
  size_t size_ = 0;
};

} // namespace inbox
