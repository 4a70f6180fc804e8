#include "memory_store.hpp"

#include <utility>

namespace inbox::memory {

memory_store::memory_store(std::shared_ptr<tables> data, time_source now)
  : data_(std::move(data)),
    now_(std::move(now)) {
  // nop
}

} // namespace inbox::memory
