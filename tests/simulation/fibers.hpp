#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace simulation {

/// Does one step after another on one thread. A step may stop half way and be
/// continued later, with other steps in between: each runs on a stack of its
/// own. So code that blocks can be put to sleep without a thread.
class fibers {
public:
  class fiber;

  /// Does one step; returns false if there is nothing to do.
  using step_function = std::function<bool()>;

  explicit fibers(step_function step);

  fibers(const fibers&) = delete;
  fibers& operator=(const fibers&) = delete;

  /// No step may be suspended any more.
  ~fibers();

  /// Does steps until there is nothing to do.
  void run();

  /// Returns what `wake` needs to continue the running step.
  [[nodiscard]] fiber* current() const noexcept {
    return current_;
  }

  /// Stops the running step until somebody wakes it.
  void suspend();

  /// Continues a suspended step, as part of the running one.
  void wake(fiber* sleeper);

private:
  void loop();

  void leave();

  step_function step_;
  std::vector<std::unique_ptr<fiber>> all_;
  std::vector<fiber*> idle_;
  fiber* current_ = nullptr;
  fiber* next_ = nullptr;
  bool done_ = false;
  bool ending_ = false;
};

} // namespace simulation
