#include "attempt_policy.hpp"

#include <algorithm>

namespace inbox {

namespace {

// A due time further away is a mistake, and might overflow the database's.
constexpr timespan longest_snooze = std::chrono::hours{24 * 3650};

} // namespace

settlement attempt_policy::settle(const claimed_delivery& attempt,
                                  const outcome& result,
                                  std::mt19937_64& random) const {
  settlement end;
  end.lease = attempt.lease;
  end.verdict = result.verdict;
  switch (result.verdict) {
    case verdict::done:
      break;
    case verdict::snoozed:
      end.delay = std::clamp(result.delay, timespan{0}, longest_snooze);
      break;
    case verdict::dead:
      end.message = storable(result.message);
      break;
    case verdict::released:
    default: // no enumerator at all
      // Giving back is the inbox's decision; from a handler it would be a
      // retry without an end. So would be what no store understands.
      end.message = "the handler answered \"" + to_string(result.verdict)
                    + "\"";
      [[fallthrough]];
    case verdict::failed:
      if (end.message.empty())
        end.message = storable(result.message);
      if (attempt.attempt >= max_attempts) {
        end.verdict = verdict::dead;
      } else {
        end.verdict = verdict::failed;
        end.delay = backoff.delay(attempt.attempt, random);
      }
      break;
  }
  return end;
}

} // namespace inbox
