#pragma once

#include "enum_inspect.hpp"
#include "type_ids.hpp"
#include "types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace inbox {

/// What became of one written event; true from the commit on.
enum class write_result : uint8_t {
  /// New deliveries exist, one for each of `receipt::handlers` handler keys.
  stored,
  /// The id was there before, for every handler key of its type.
  duplicate,
  /// Kept, but no handler key is known for its type yet.
  unrouted,
};

std::string to_string(write_result);
bool from_string(std::string_view, write_result&);
bool from_integer(uint8_t, write_result&);

template <class Inspector>
bool inspect(Inspector& f, write_result& x) {
  return inspect_enum(f, x);
}

/// Tells the writer of an event what became of it.
struct receipt {
  uuid id{};
  write_result result = write_result::duplicate;
  /// Number of handler keys that got a delivery by this write.
  uint32_t handlers = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, receipt& x) {
    return f.object(x).fields(f.field("id", x.id), f.field("result", x.result),
                              f.field("handlers", x.handlers));
  }

  friend bool operator==(const receipt& x, const receipt& y) {
    return x.id == y.id && x.result == y.result && x.handlers == y.handlers;
  }
};

} // namespace inbox
