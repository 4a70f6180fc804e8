#pragma once

#include "statement.hpp"

#include "../../messages/types.hpp"

#include <cstdint>
#include <limits>
#include <map>

namespace inbox::sqlite {

/// Where the next claim may begin to read: what comes before is in progress or
/// waits for an earlier one. Otherwise each claim would pass by all that is in
/// progress, which may be thousands.
///
/// A mark holds while nobody has changed anything that may let a delivery come
/// before it, and for a tenth of a second at most, since leases expire
/// unnoticed.
class claim_marks {
public:
  /// As a claim reads a route's deliveries; all of them come after the first
  /// one that there can be.
  struct mark {
    int64_t due = std::numeric_limits<int64_t>::min();
    event_seq seq = std::numeric_limits<event_seq>::min();
  };

  using by_route = std::map<route_id, mark>;

  explicit claim_marks(connection& db);

  /// Takes out the marks, none if they do not hold any more. Only in a
  /// transaction that is to write.
  [[nodiscard]] by_route take(timestamp now);

  /// Sets marks once the transaction in which they were taken is committed:
  /// what comes before them was claimed for `lease_duration` from `now` on, if
  /// it was not in progress or behind others before.
  void set(by_route marks, timestamp now, timespan lease_duration);

  /// Lets that many rows have been changed by this connection: something was
  /// claimed, or finished, and nothing waits for it.
  void permit(uint32_t changes) noexcept {
    changes_ += changes;
  }

private:
  connection* db_;
  statement data_version_;
  by_route marks_;
  timestamp until_{};
  /// What others had changed when the marks were taken.
  int64_t version_ = 0;
  /// What this connection had, and may have since.
  uint32_t changes_ = 0;
};

} // namespace inbox::sqlite
