#include "options.hpp"

#include "error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace inbox {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// Longer ones are mistakes, and sums of two must not overflow.
constexpr timespan max_timespan = hours{24 * 365 * 10};

caf::error invalid(const std::string& name, std::string text) {
  return make_error(errc::invalid, "options." + name, std::move(text));
}

caf::error check_span(const std::string& name, timespan x, timespan least) {
  if (x < least)
    return invalid(name, least.count() > 0 ? "must be at least 1 ms"
                                           : "must not be negative");
  if (x > max_timespan)
    return invalid(name, "must not be longer than ten years");
  return {};
}

caf::error check_count(const std::string& name, uint64_t x, uint64_t low,
                       uint64_t high) {
  if (x < low || x > high)
    return invalid(name, "must be from " + std::to_string(low) + " to "
                           + std::to_string(high));
  return {};
}

/// Returns the first error of several checks, in their order.
template <class... Errors>
caf::error first_of(Errors... errors) {
  caf::error result;
  auto keep = [&result](caf::error& err) {
    if (!result && err)
      result = std::move(err);
  };
  (keep(errors), ...);
  return result;
}

caf::error check_backoff(const backoff& x) {
  if (!std::isfinite(x.factor) || x.factor < 1 || x.factor > 1000)
    return invalid("backoff.factor", "must be from 1 to 1000");
  if (x.max < x.min)
    return invalid("backoff.max", "must not be below backoff.min");
  return first_of(check_span("backoff.min", x.min, timespan{0}),
                  check_span("backoff.max", x.max, milliseconds{1}));
}

/// The deadlines nest: who waits must wait longer than who is waited for.
caf::error check_nesting(const options& x) {
  if (x.lease_duration <= x.handler_timeout)
    return invalid("lease_duration", "must be longer than handler_timeout");
  if (x.store.deadline <= x.store.statement_timeout)
    return invalid("store.deadline",
                   "must be longer than store.statement_timeout");
  if (x.request_timeout <= x.store.deadline)
    return invalid("request_timeout", "must be longer than store.deadline");
  if (x.max_in_flight < x.batch_size)
    return invalid("max_in_flight", "must not be below batch_size");
  if (x.max_waiting_bytes < x.payload_limit)
    return invalid("max_waiting_bytes", "must not be below payload_limit");
  if (x.max_waiting_writes < x.write_batch_size)
    return invalid("max_waiting_writes", "must not be below write_batch_size");
  return {};
}

} // namespace

caf::error check_prefix(const std::string& field, const std::string& value) {
  auto ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (value.empty() || value.size() > 32 || value.front() < 'a'
      || value.front() > 'z' || !std::all_of(value.begin(), value.end(), ok))
    return make_error(errc::invalid, field,
                      "must be 1 to 32 characters of a-z, 0-9 and '_', "
                      "beginning with a letter");
  return {};
}

caf::error check(const store_options& x) {
  if (x.url.empty())
    return invalid("store.url", "must not be empty");
  constexpr auto least = milliseconds{1};
  return first_of(check_prefix("options.store.prefix", x.prefix),
                  check_span("store.connect_timeout", x.connect_timeout, least),
                  check_span("store.statement_timeout", x.statement_timeout,
                             least),
                  check_span("store.deadline", x.deadline, least));
}

timespan longest_drain(const options& x) {
  // Whoever asks may not have validated them.
  auto bounded = [](timespan span) {
    return std::clamp(span, timespan{0}, max_timespan);
  };
  // And a second for the messages in between.
  return bounded(x.store.connect_timeout) + bounded(x.drain_grace)
         + bounded(x.lease_duration) / 6 + 6 * bounded(x.store.deadline)
         + std::chrono::seconds{1};
}

caf::error options::validate() const {
  constexpr auto least = milliseconds{1};
  constexpr uint64_t million = 1'000'000;
  constexpr uint64_t gibibyte = 1024 * 1024 * 1024;
  return first_of(
    check(store), check_span("iteration_rate", iteration_rate, least),
    check_count("iteration_seed", iteration_seed, 0, 86400),
    check_span("handler_timeout", handler_timeout, least),
    check_count("max_attempts", max_attempts, 1,
                std::numeric_limits<int16_t>::max()),
    check_backoff(backoff),
    check_count("max_stuck_workers", max_stuck_workers, 0, 1000),
    check_span("lease_duration", lease_duration, least),
    check_count("batch_size", batch_size, 1, 100'000),
    check_count("max_in_flight", max_in_flight, 1, million),
    check_count("max_in_flight_bytes", max_in_flight_bytes, 1, gibibyte * 16),
    check_count("write_batch_size", write_batch_size, 1, 100'000),
    check_count("max_waiting_writes", max_waiting_writes, 1, 10 * million),
    check_count("max_waiting_bytes", max_waiting_bytes, 1, gibibyte * 16),
    check_count("payload_limit", payload_limit, 0, 512 * 1024 * 1024),
    check_span("request_timeout", request_timeout, least),
    check_span("erase_interval", erase_interval, least),
    check_count("retention_days", retention_days, 0, 3650),
    check_span("drain_grace", drain_grace, timespan{0}), check_nesting(*this));
}

} // namespace inbox
