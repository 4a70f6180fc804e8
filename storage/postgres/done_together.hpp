#pragma once

#include "params.hpp"

#include "../../messages/lease.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace inbox::postgres {

/// The leases of a settlement that are done, put together by claims: the last
/// arguments of `settle_text`.
class done_together {
public:
  /// Adds a lease; those of one claim in the order of their events.
  void push(const lease& x);

  void add_to(params& args) const;

private:
  std::map<std::pair<int64_t, route_id>, std::vector<event_seq>> seqs_;
};

} // namespace inbox::postgres
