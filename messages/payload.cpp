#include "payload.hpp"

#include <utility>

namespace inbox {

payload::payload(std::string bytes) {
  if (bytes.empty())
    return;
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  size_ = owner->size();
  first_ = {owner, owner->data()};
}

payload::payload(const std::vector<std::byte>& bytes)
  : payload(
    std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()}) {
  // nop
}

payload::payload(const std::shared_ptr<const void>& owner,
                 std::string_view bytes) {
  if (bytes.empty())
    return;
  first_ = {owner, bytes.data()};
  size_ = bytes.size();
}

} // namespace inbox
