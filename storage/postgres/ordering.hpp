#pragma once

#include "session.hpp"
#include "transaction.hpp"

#include "../../messages/types.hpp"

#include <string_view>

/// How deliveries of one route and ordering key wait for each other.
///
/// A delivery that has to wait is marked as blocked, and then is not in the
/// index of what is due. The mark saves reading; whether a delivery may go out
/// is for the claim to decide, and a free one that has to wait does no harm.
/// But a blocked one that nobody frees would be lost. So:
///
/// 1. A delivery is blocked only by who holds, until its commit, a lock that
///    keeps an earlier unfinished delivery of the same route and key, the
///    guard, from being finished or erased: by the writer, if it finds one that
///    nobody else is changing, and by the claim that takes the guard.
/// 2. Whoever finishes or erases a delivery frees the next unfinished one of
///    its route and key in the same transaction, by a later statement, which
///    sees what was committed before its own lock on the former was granted.
///    If the next one is being finished by somebody else it waits for that and
///    looks again.
///
/// A delivery with a lease is never blocked, and a blocked one gets none.
///
/// The guard's end sees the blocked one, by 1. It frees that, or one between
/// the two, whose end comes later and sees it as well, by 2; and so on.

namespace inbox::postgres {

/// Frees the next delivery behind each that is named by a route, an ordering
/// key and an event's number: three arrays. Comes after the statement that
/// finished or erased them, in the same transaction.
[[nodiscard]] caf::error free_next(session& on, transaction& within,
                                   const params& gone);

/// Collects those three arrays.
class gone_deliveries {
public:
  void push(route_id route, std::string_view ordering_key, event_seq seq);

  [[nodiscard]] bool empty() const noexcept {
    return empty_;
  }

  /// Returns the arrays and leaves nothing behind.
  [[nodiscard]] params take();

private:
  column<int32_t> route_;
  column<std::string_view> ordering_key_;
  column<int64_t> seq_;
  bool empty_ = true;
};

} // namespace inbox::postgres
