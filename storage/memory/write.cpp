#include "memory_store.hpp"

namespace inbox::memory {

caf::expected<written_events>
memory_store::write(const std::vector<event>& events) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  written_events result;
  result.receipts.reserve(events.size());
  for (auto& x : events) {
    auto& receipt = result.receipts.emplace_back();
    receipt.id = x.id;
    auto* row = data_->find_event(x.id);
    auto is_new = row == nullptr;
    if (is_new)
      row = &data_->add_event(x, now);
    receipt.handlers = data_->fan_out(*row, now);
    if (receipt.handlers > 0)
      receipt.result = write_result::stored;
    else if (is_new)
      receipt.result = write_result::unrouted;
  }
  return result;
}

} // namespace inbox::memory
