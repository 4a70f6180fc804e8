#pragma once

#include "../../storage/postgres/wire.hpp"

#include "../../messages/event.hpp"

#include <string>

namespace inbox::test {

/// Returns what the server makes of an event in a pack: of its id and
/// payload, with the row of all else in `rest`, if it has any of that.
inline std::string packed_form(event_seq seq, const event& x,
                               const std::string& rest = {}) {
  std::string result;
  postgres::put(result, seq);
  postgres::put(result, x.id);
  auto length = static_cast<int32_t>(x.payload.size());
  postgres::put(result, rest.empty() ? length : -1 - length);
  result += rest;
  result += x.payload.view();
  return result;
}

} // namespace inbox::test
