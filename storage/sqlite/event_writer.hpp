#pragma once

#include "statements.hpp"

#include "../../messages/event.hpp"
#include "../../messages/receipt.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace inbox::sqlite {

/// Writes events within the transaction that is open, which has the lock: no
/// route changes until its end.
class event_writer {
public:
  event_writer(connection& db, statements& sql, timestamp now)
    : db_(db),
      sql_(sql),
      now_(now) {
    // nop
  }

  /// Stores the event with one delivery for each route of its type, or adds the
  /// missing deliveries to one that is there.
  receipt write(const event& x);

  /// Adds the deliveries that an event of that type lacks, and returns their
  /// number.
  uint32_t fan_out(event_seq seq,
                   const std::optional<std::string>& ordering_key,
                   const std::string& event_type);

private:
  const std::vector<route_id>& routes_of(const std::string& event_type);

  connection& db_;
  statements& sql_;
  timestamp now_;
  std::map<std::string, std::vector<route_id>> routes_;
};

} // namespace inbox::sqlite
