#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace inbox {

/// A flag that tells a handler on the same node that nobody waits for its
/// answer any more. A C++ function cannot be interrupted: it has to look.
class cancellation {
public:
  /// One that nobody has requested.
  cancellation() = default;

  /// Takes a flag that is not null.
  explicit cancellation(std::shared_ptr<std::atomic<bool>> flag) noexcept
    : flag_{std::move(flag)} {
    // nop
  }

  /// Marks the attempt as canceled. Safe from any thread.
  void request() const noexcept {
    flag_->store(true, std::memory_order_relaxed);
  }

  /// Tells whether the attempt was canceled. Safe from any thread.
  [[nodiscard]] bool requested() const noexcept {
    return flag_->load(std::memory_order_relaxed);
  }

  /// Does not cross the wire: a handler on another node has its deadline.
  template <class Inspector>
  friend bool inspect(Inspector& f, cancellation& x) {
    return f.object(x).fields();
  }

private:
  std::shared_ptr<std::atomic<bool>> flag_
    = std::make_shared<std::atomic<bool>>(false);
};

} // namespace inbox
