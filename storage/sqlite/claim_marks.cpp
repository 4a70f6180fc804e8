#include "claim_marks.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace inbox::sqlite {

namespace {

// Small beside any lease; long beside the time between two claims that follow
// each other.
constexpr timespan longest = std::chrono::milliseconds{100};

} // namespace

claim_marks::claim_marks(connection& db)
  : db_{&db},
    data_version_{db, "pragma data_version"} {
  // nop
}

claim_marks::by_route claim_marks::take(timestamp now) {
  auto row = data_version_.run();
  row.next();
  auto version = std::exchange(version_, row.integer(0));
  auto result = std::exchange(marks_, {});
  auto changes = std::exchange(changes_, db_->total_changes());
  if (version != version_ || changes != changes_ || now >= until_)
    result.clear();
  if (result.empty())
    until_ = timestamp::max();
  return result;
}

void claim_marks::set(by_route marks, timestamp now, timespan lease_duration) {
  marks_ = std::move(marks);
  until_ = std::min(until_, now + micros(std::min(lease_duration, longest)));
}

} // namespace inbox::sqlite
