#pragma once

namespace inbox {

/// Whether only the holder of a lease can settle or renew it. It is off in one
/// program of the tests, which shows what happens without it.
#ifdef INBOX_WITHOUT_FENCE
constexpr bool fenced = false;
#else
constexpr bool fenced = true;
#endif

} // namespace inbox
