#pragma once

#include "../messages/cancellation.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace inbox {

/// Makes cancellations, each with a flag of its own in memory for 64 of them:
/// it is one thread that makes a flag and often another one that is the last to
/// let go of it, which costs more than the flag. One that stays keeps the
/// memory of the 64.
class cancellation_flags {
public:
  [[nodiscard]] cancellation next() {
    if (used_ == size) {
      block_ = std::make_shared<block>();
      used_ = 0;
    }
    auto* flag = &(*block_)[used_++];
    flag->store(false, std::memory_order_relaxed); // before C++20 it is not set
    return cancellation{std::shared_ptr<std::atomic<bool>>{block_, flag}};
  }

private:
  static constexpr size_t size = 64;

  using block = std::array<std::atomic<bool>, size>;

  std::shared_ptr<block> block_;
  size_t used_ = size;
};

} // namespace inbox
