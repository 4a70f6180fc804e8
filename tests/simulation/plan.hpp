#pragma once

#include "application.hpp"
#include "database.hpp"
#include "world.hpp"

#include "../../messages/options.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace simulation {

/// What a seed decides on before anything happens.
struct plan {
  inbox::options options;
  manners how;
  troubles store_troubles;
  /// Calls that a handler key has at a time, in each process.
  uint32_t concurrency = 1;
  /// How long all may go wrong.
  caf::timespan turmoil{};
  /// Whether nothing goes wrong but what handlers answer.
  bool calm = false;
  /// What befalls processes and the database.
  size_t faults = 0;
  size_t writers = 0;

  /// Returns the handler's time, in microseconds.
  [[nodiscard]] int64_t handler_timeout() const;

  /// Tells whether the database does all that it is asked for, at once.
  [[nodiscard]] bool has_prompt_store() const;
};

[[nodiscard]] plan make_plan(world& where);

/// Makes up events to write, a few at a time. `ids` counts on.
[[nodiscard]] std::vector<std::vector<inbox::event>> make_batches(world& where,
                                                                  size_t& ids);

} // namespace simulation
