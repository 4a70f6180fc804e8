#pragma once

#include "clock.hpp"

namespace inbox::postgres {

/// Remembers when something that makes a statement dearer was seen last: it
/// comes in crowds, and until the next one there is a cheaper statement, which
/// only has to find out that there is none.
class sighting_watch {
public:
  /// After something was seen, more of it is expected for a while.
  explicit sighting_watch(clock::duration a_while) : while_{a_while} {
    // nop
  }

  [[nodiscard]] bool expects_none(clock::time_point now) const noexcept {
    return now >= quiet_from_;
  }

  void saw_one(clock::time_point now) noexcept {
    quiet_from_ = now + while_;
  }

private:
  clock::duration while_;
  clock::time_point quiet_from_ = clock::time_point::min();
};

} // namespace inbox::postgres
