#include "memory_store.hpp"

#include "count.hpp"

#include "../follow.hpp"

namespace inbox::memory {

namespace {

traced_event traced(const event_row& row) {
  traced_event result;
  result.id = row.content.id;
  result.type = row.content.type;
  result.cause = row.content.cause;
  result.written = row.written;
  for (auto& [id, delivery] : row.deliveries)
    count(result, delivery);
  return result;
}

} // namespace

caf::expected<trace> memory_store::follow(const find_trace& x) {
  std::lock_guard guard{data_->mutex};
  auto find = [this](const uuid& id) -> std::optional<traced_event> {
    auto* row = data_->find_event(id);
    if (row == nullptr)
      return std::nullopt;
    return traced(*row);
  };
  auto find_caused = [this](const uuid& id, size_t limit) {
    std::vector<traced_event> result;
    if (auto i = data_->caused.find(id); i != data_->caused.end())
      for (auto seq : i->second) {
        if (result.size() == limit)
          break;
        result.push_back(traced(data_->events.at(seq)));
      }
    return result;
  };
  return follow_causes(x, find, find_caused);
}

} // namespace inbox::memory
