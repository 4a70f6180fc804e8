#pragma once

#include "failure.hpp"

#include "../joint_batches.hpp"

namespace inbox::sqlite {

/// Returns what `f` returns. What takes too long, one of the attempts or all of
/// them together, was undone for that, and is no failure of the store.
template <class F>
caf::expected<joint_try> try_jointly(F f) {
  auto came = guarded(f);
  if (came || code_of(came.error()) != errc::timeout)
    return came;
  joint_try undone;
  undone.reason = describe(came.error());
  return undone;
}

} // namespace inbox::sqlite
