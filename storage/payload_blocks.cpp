#include "payload_blocks.hpp"

#include <algorithm>
#include <string>

namespace inbox {

namespace {

constexpr size_t most_block_bytes = 4096;

// Leaves no more than an eighth of a block unused.
constexpr size_t most_shared_bytes = most_block_bytes / 8;

} // namespace

payload payload_blocks::copy(std::string_view bytes) {
  if (bytes.size() > most_shared_bytes)
    return payload{std::string{bytes}};
  if (bytes.size() > size_ - used_) {
    // The first one may be the only one.
    size_ = std::clamp(size_ * 2, bytes.size(), most_block_bytes);
    block_ = std::shared_ptr<char[]>(new char[size_]);
    used_ = 0;
  }
  auto* first = block_.get() + used_;
  std::copy(bytes.begin(), bytes.end(), first);
  used_ += bytes.size();
  return {block_, {first, bytes.size()}};
}

} // namespace inbox
