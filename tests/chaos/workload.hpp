#pragma once

#include "checker.hpp"

#include <inbox/inbox.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// What the processes of a run do. They and the checker agree on it.

namespace chaos {

/// Two event types, one of them with two handler keys.
[[nodiscard]] const routes& all_routes();

/// Options with a short lease, so that a run sees many of them end.
[[nodiscard]] inbox::options make_options(const std::string& url);

/// Makes up events. The ids are those of process number `process`.
class event_source {
public:
  event_source(int process, uint64_t seed);

  /// Returns new events. Some share an ordering key with those of others, some
  /// payloads are large, and some say that they take long.
  [[nodiscard]] std::vector<inbox::event> next();

private:
  int process_;
  uint32_t count_ = 0;
  std::mt19937_64 random_;
};

/// A handler that writes to `log` when it begins and ends. It takes as long as
/// the event says; it fails sometimes, and now and then does not return in
/// time.
[[nodiscard]] inbox::handler_function make_handler(log_file& log,
                                                   uint64_t seed);

} // namespace chaos
