#pragma once

#include "../messages/types.hpp"

#include <caf/actor.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace inbox {

/// One of the actors that handle what is in a lane. Plain data, no actor.
class lane_handler {
public:
  lane_handler(caf::actor actor, uint32_t concurrency)
    : actor_{std::move(actor)} {
    set_concurrency(concurrency);
  }

  [[nodiscard]] const caf::actor& actor() const noexcept {
    return actor_;
  }

  void set_concurrency(uint32_t value) {
    concurrency_ = std::max(value, 1u);
    limit();
  }

  /// Lets no more than `most` run at a time, for it cannot take more now.
  /// Without an argument it is the concurrency again.
  void limit(uint32_t most) {
    allowed_ = std::min(most, concurrency_);
  }

  void limit() {
    allowed_ = concurrency_;
  }

  /// How many may run at a time now.
  [[nodiscard]] uint32_t allowed() const noexcept {
    return allowed_;
  }

  [[nodiscard]] uint32_t running() const noexcept {
    return running_;
  }

  void begin() noexcept {
    ++running_;
  }

  void end() noexcept {
    --running_;
  }

  /// Since when the actor looks as if it had ended, by the monotonic clock, if
  /// it has not answered since.
  [[nodiscard]] std::optional<timespan> suspect_since() const noexcept {
    return suspect_since_;
  }

  void mark_suspect(std::optional<timespan> since) noexcept {
    suspect_since_ = since;
  }

private:
  caf::actor actor_;
  uint32_t concurrency_ = 1;
  /// `concurrency_`, or fewer.
  uint32_t allowed_ = 1;
  uint32_t running_ = 0;
  std::optional<timespan> suspect_since_;
};

using lane_handler_ptr = std::shared_ptr<lane_handler>;

} // namespace inbox
