#pragma once

#include "params.hpp"

#include "../../messages/event.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace inbox::postgres {

/// The events that one statement stores: the first arguments of `insert_text`.
/// They have to outlive it.
class insert_batch {
public:
  explicit insert_batch(std::vector<const event*> events);

  /// Tells whether an event has an ordering key.
  [[nodiscard]] bool ordered() const noexcept {
    return ordered_;
  }

  [[nodiscard]] size_t size() const noexcept {
    return events_.size();
  }

  [[nodiscard]] size_t count_types() const noexcept {
    return types_.size();
  }

  /// Returns which of the types, by the order of their first events, an event
  /// has.
  [[nodiscard]] size_t type_of(size_t nth) const {
    return type_of_[nth];
  }

  /// Returns, by id: ids, places in the call, types, payloads, dates, ordering
  /// keys, headers, causes; names of the types; and in the order of the call:
  /// types, bytes of the payloads. Places and types count from 1. The causes
  /// may be fewer: the others have none.
  [[nodiscard]] params arguments() const;

private:
  [[nodiscard]] std::vector<size_t> order_of_ids() const;
  void add_rows(params& to) const;
  void add_sizes(params& to) const;

  std::vector<const event*> events_;
  std::vector<std::string_view> types_;
  std::vector<size_t> type_of_;
  bool ordered_ = false;
  bool caused_ = false;
};

} // namespace inbox::postgres
