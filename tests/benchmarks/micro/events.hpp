#pragma once

#include "../../../messages/all.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace inbox::bench {

/// Makes events like those of the large benchmark, with 200 bytes of payload.
inline std::vector<event> make_events(int64_t count, uint64_t first = 0) {
  std::vector<event> result;
  for (auto n = first; n < first + static_cast<uint64_t>(count); ++n) {
    auto& x = result.emplace_back();
    x.id.data[0] = 0xA5;
    for (int i = 0; i < 8; ++i)
      x.id.data[15 - i] = static_cast<uint8_t>(n >> (8 * i));
    x.type = "order";
    x.payload = std::string(200, 'x');
  }
  return result;
}

} // namespace inbox::bench
