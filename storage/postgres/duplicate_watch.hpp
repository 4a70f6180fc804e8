#pragma once

#include "clock.hpp"

namespace inbox::postgres {

/// How long after a duplicate more of them are expected. Also the least time
/// between two errors of a connection in the server's log: see
/// `insert_form::all_new`.
constexpr std::chrono::minutes time_of_duplicates{1};

/// Remembers when the store last got an event that it had already: they come in
/// crowds, when a sender repeats what it did not see acknowledged.
class duplicate_watch {
public:
  [[nodiscard]] bool expects_none(clock::time_point now) const noexcept {
    return now >= quiet_from_;
  }

  void saw_one(clock::time_point now) noexcept {
    quiet_from_ = now + time_of_duplicates;
  }

private:
  clock::time_point quiet_from_ = clock::time_point::min();
};

} // namespace inbox::postgres
