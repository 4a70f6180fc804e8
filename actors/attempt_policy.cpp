#include "attempt_policy.hpp"

#include <algorithm>

namespace inbox {

namespace {

// A due time further away is a mistake, and might overflow the database's.
constexpr timespan longest_snooze = std::chrono::hours{24 * 3650};

} // namespace

settlement end_of(const lease& which, const outcome& result) {
  settlement end;
  end.lease = which;
  end.verdict = result.verdict;
  if (result.verdict == verdict::snoozed)
    end.delay = std::clamp(result.delay, timespan{0}, longest_snooze);
  if (result.verdict == verdict::dead)
    end.message = storable(result.message);
  return end;
}

settlement attempt_policy::settle(const claimed_delivery& attempt,
                                  const outcome& result,
                                  std::mt19937_64& random) const {
  auto end = end_of(attempt.lease, result);
  switch (result.verdict) {
    case verdict::done:
    case verdict::snoozed:
    case verdict::dead:
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
