#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace flow {

/// Longer than anything takes that works, also under a sanitizer on a busy
/// machine: whoever waits so long has found a defect.
constexpr auto patience = std::chrono::seconds{30};

/// Holds up a handler until the test lets it go on. Never for ever: a test that
/// has failed must still come to its end.
class gate {
public:
  void open() {
    std::lock_guard guard{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  /// Returns false if nobody opened.
  bool wait() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [this] { return open_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// What handlers and callbacks tell the test, from threads of their own.
template <class T>
class record {
public:
  void add(T x) {
    std::lock_guard guard{mutex_};
    entries_.push_back(std::move(x));
    changed_.notify_all();
  }

  /// Returns false if there are still fewer than `n` when patience is over.
  [[nodiscard]] bool wait_for(size_t n) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience,
                             [&] { return entries_.size() >= n; });
  }

  [[nodiscard]] std::vector<T> all() const {
    std::lock_guard guard{mutex_};
    return entries_;
  }

  [[nodiscard]] size_t size() const {
    std::lock_guard guard{mutex_};
    return entries_.size();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> entries_;
};

/// Asks again and again until `holds` does. For what nobody announces: how
/// things stand in a store, or what another process has done.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate holds) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

} // namespace flow
