#pragma once

#include "checker.hpp"

#include <inbox/inbox.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// What the processes of a run do. They and the checker agree on it.

namespace chaos {

/// Returns new events with each call.
using event_source = std::function<std::vector<inbox::event>()>;

class workload {
public:
  virtual ~workload() = default;

  /// Returns the handler keys of every event type.
  [[nodiscard]] virtual const routes& all_routes() const = 0;

  /// Returns how often a delivery is tried.
  [[nodiscard]] virtual uint32_t max_attempts() const = 0;

  /// Makes up events. The ids are those of process number `process`.
  [[nodiscard]] virtual event_source make_source(int process,
                                                 uint64_t seed) const = 0;

  /// How long a process waits between its writes.
  [[nodiscard]] virtual std::chrono::milliseconds pause() const {
    return std::chrono::milliseconds{100};
  }

  /// Returns what a handler answers whose attempt goes well. May throw, and has
  /// failed then.
  virtual inbox::outcome answer(const inbox::delivery& x) = 0;

  /// Returns what a handler answers whose attempt fails by chance.
  [[nodiscard]] virtual inbox::outcome refuse(const inbox::delivery& x) const;
};

using workload_ptr = std::unique_ptr<workload>;

/// Events of two types, one of them with two handler keys, and handlers that
/// change nothing.
[[nodiscard]] workload_ptr make_ledger();

/// Transfers between accounts in the database that `url` names: see bank.hpp.
/// They are in the answers of handlers, or in transactions of their own if they
/// are to be `separate`.
[[nodiscard]] workload_ptr make_bank(const std::string& url, bool separate);

/// Returns one of the above by its name: "ledger", "bank" or "separate_bank".
/// Throws std::runtime_error for another one.
[[nodiscard]] workload_ptr make_workload(const std::string& name,
                                         const std::string& url);

/// Options with a short lease, so that a run sees many of them end.
[[nodiscard]] inbox::options make_options(const std::string& url,
                                          const workload& what);

/// Makes the id of the event that process number `process` makes up as its
/// `count`-th.
[[nodiscard]] inbox::uuid make_id(int process, uint32_t count);

/// How long the handlers of an event take, in milliseconds, is in a header.
constexpr const char* duration_header = "milliseconds";

/// A handler that writes to `log` when it begins and ends. It takes as long as
/// the event says; it fails sometimes, and now and then does not return in
/// time.
[[nodiscard]] inbox::handler_function
make_handler(workload& what, log_file& log, uint64_t seed);

} // namespace chaos
