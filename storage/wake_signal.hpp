#pragma once

#include "../messages/wake.hpp"

#include <mutex>
#include <optional>

namespace inbox {

/// What others want of the thread that waits in a `wake_channel`. Any thread
/// may call this.
class wake_signal {
public:
  wake_signal();

  ~wake_signal();

  wake_signal(const wake_signal&) = delete;
  wake_signal& operator=(const wake_signal&) = delete;

  /// Has that thread tell the other inboxes. Several at once count as one.
  void ring(const wake_up& what);

  /// Has that thread stop waiting, for good.
  void end();

  [[nodiscard]] bool ended() const;

  /// Returns what there is to tell others, and leaves nothing.
  [[nodiscard]] std::optional<wake_up> take();

  /// Returns a descriptor to wait for: it can be read while there is something
  /// to do. Negative if the system had none to give: then look from time to
  /// time.
  [[nodiscard]] int descriptor() const noexcept {
    return reader_;
  }

private:
  void notify();

  mutable std::mutex mutex_;
  std::optional<wake_up> what_;
  bool ended_ = false;
  int reader_ = -1;
  int writer_ = -1;
};

} // namespace inbox
