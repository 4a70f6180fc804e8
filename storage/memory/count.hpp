#pragma once

#include "tables.hpp"

namespace inbox::memory {

/// Counts a delivery in the member that is named like its status.
template <class Counts>
void count(Counts& result, const delivery_row& row) {
  switch (status_of(row.progress, row.lease_owner.has_value())) {
    case status::pending:
      ++result.pending;
      break;
    case status::in_progress:
      ++result.in_progress;
      break;
    case status::failed:
      ++result.failed;
      break;
    case status::done:
      ++result.done;
      break;
    case status::dead:
      ++result.dead;
      break;
  }
}

} // namespace inbox::memory
