#pragma once

#include "params.hpp"

#include "../../messages/lease.hpp"

#include <cstdint>

namespace inbox::postgres {

/// The leases of a settlement that are done, put together by claims: the last
/// arguments of `settle_text`.
class done_together {
public:
  /// Adds a lease. Those of one claim come one after another, in the order of
  /// their events.
  void push(const lease& x);

  /// Adds the arguments, which are used up.
  void move_to(params& args);

private:
  column<int64_t> seqs_;
  column<int64_t> tokens_;
  column<int32_t> routes_;
  column<int32_t> first_;
  column<int32_t> last_;
  int32_t count_ = 0;
  lease current_;
};

} // namespace inbox::postgres
