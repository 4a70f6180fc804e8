#pragma once

#include "../../support/samples.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace inbox::bench {

/// Makes events like those of the large benchmark, with 200 bytes of payload.
inline std::vector<event> make_events(int64_t count, uint32_t first = 0) {
  auto result = test::nth_events(first, static_cast<uint32_t>(count));
  for (auto& x : result)
    x.payload = std::string(200, 'x');
  return result;
}

} // namespace inbox::bench
