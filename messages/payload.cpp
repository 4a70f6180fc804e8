#include "payload.hpp"

#include <utility>

namespace inbox {

payload::payload(std::string bytes) {
  if (!bytes.empty())
    bytes_ = std::make_shared<const std::string>(std::move(bytes));
}

payload::payload(const std::vector<std::byte>& bytes)
  : payload(
    std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()}) {
  // nop
}

} // namespace inbox
