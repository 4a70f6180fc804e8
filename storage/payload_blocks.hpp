#pragma once

#include "../messages/payload.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace inbox {

/// Copies payloads that are read one after another. Small ones share memory, in
/// blocks of up to 4 KiB, since what one thread allocates and another one frees
/// costs more than the copying. A payload that stays keeps its block.
class payload_blocks {
public:
  [[nodiscard]] payload copy(std::string_view bytes);

private:
  std::shared_ptr<char[]> block_;
  size_t size_ = 0;
  size_t used_ = 0;
};

} // namespace inbox
