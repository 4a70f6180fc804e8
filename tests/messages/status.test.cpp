#include "../../messages/status.hpp"
#include "../../messages/outcome.hpp"
#include "../../messages/receipt.hpp"

#include <caf/test/dsl.hpp>

#include <set>
#include <utility>

using namespace inbox;

namespace {

constexpr status statuses[] = {status::pending, status::in_progress,
                               status::failed, status::done, status::dead};

/// Checks that all `names` belong to values in order, and nothing else does.
template <class Enum>
void check_names(std::initializer_list<const char*> names, uint8_t first) {
  auto number = first;
  for (auto* name : names) {
    Enum x{};
    CAF_CHECK(from_string(name, x));
    CAF_CHECK_EQUAL(static_cast<uint8_t>(x), number);
    CAF_CHECK_EQUAL(to_string(x), name);
    CAF_CHECK(from_integer(number, x));
    ++number;
  }
  Enum x{};
  for (auto* name : {"", "Done", "done ", "unknown", "0"})
    CAF_CHECK(!from_string(name, x));
  CAF_CHECK(!from_integer(number, x));
  CAF_CHECK(!from_integer(255, x));
  CAF_CHECK_EQUAL(to_string(static_cast<Enum>(200)), "unknown(200)");
}

} // namespace

CAF_TEST(a status moves to these and to no others) {
  using move = std::pair<status, status>;
  const std::set<move> legal{
    {status::pending, status::in_progress},
    // Found out of attempts by a claim, whose limit was higher before.
    {status::pending, status::dead},
    {status::failed, status::dead},
    // Given back, or snoozed.
    {status::in_progress, status::pending},
    // An expired lease that is claimed again.
    {status::in_progress, status::in_progress},
    {status::in_progress, status::failed},
    {status::in_progress, status::done},
    {status::in_progress, status::dead},
    {status::failed, status::in_progress},
  };
  for (auto from : statuses) {
    for (auto to : statuses) {
      CAF_MESSAGE(to_string(from) << " to " << to_string(to));
      CAF_CHECK_EQUAL(can_move(from, to), legal.count({from, to}) > 0);
    }
  }
}

CAF_TEST(every status but the final ones has an exit) {
  for (auto from : statuses) {
    auto exits = 0;
    for (auto to : statuses)
      exits += from != to && can_move(from, to) ? 1 : 0;
    CAF_CHECK_EQUAL(exits == 0, is_final(from));
  }
  CAF_CHECK(is_final(status::done) && is_final(status::dead));
}

CAF_TEST(a value that is no status moves nowhere) {
  auto unknown = static_cast<status>(77);
  for (auto x : statuses)
    CAF_CHECK(!can_move(unknown, x));
}

CAF_TEST(values have names) {
  check_names<status>({"pending", "in_progress", "failed", "done", "dead"}, 0);
  check_names<verdict>({"done", "failed", "dead", "snoozed", "released"}, 0);
  check_names<write_result>({"stored", "duplicate", "unrouted"}, 0);
}
