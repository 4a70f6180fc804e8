#pragma once

#include "caf_fixture.hpp"
#include "faulty_store.hpp"

#include "../../storage/open_store.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace inbox::test {

/// A store in memory whose time is that of a deterministic fixture, and whose
/// connections fail when the test says so.
class virtual_store {
public:
  explicit virtual_store(const deterministic_fixture& world) : world_{&world} {
    static int count = 0;
    options_.url = "memory:virtual-" + std::to_string(++count);
    data_ = hold_store(options_);
  }

  store_faults faults;

  [[nodiscard]] store_opener opener() const {
    return faults.wrap([*this] { return caf::expected<store_ptr>{open()}; });
  }

  /// Opens a connection of the test's own, which always works.
  [[nodiscard]] store_ptr open() const {
    auto now = [world = world_] {
      auto since_epoch = world->now().time_since_epoch();
      return timestamp{
        std::chrono::duration_cast<std::chrono::microseconds>(since_epoch)};
    };
    return std::move(*open_store(options_, now));
  }

private:
  const deterministic_fixture* world_;
  store_options options_;
  std::shared_ptr<void> data_;
};

} // namespace inbox::test
