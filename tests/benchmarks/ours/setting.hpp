#pragma once

#include <inbox/inbox.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// What the command line says. Not every work makes use of every part.
struct setting {
  std::string url;
  std::string prefix = "bench";
  uint64_t records = 20000;
  uint64_t payload = 200;
  /// Of the events: "random" or, in the order of time, "made".
  std::string ids = "random";
  /// Events per write.
  uint64_t batch = 1000;
  /// Clients that write at the same time.
  uint64_t clients = 64;
  uint64_t samples = 200;
  double seconds = 10;
  /// How long to wait for the next delivery to be done, in seconds.
  double patience = 30;
  /// Handler keys of the one event type.
  uint64_t keys = 1;
  /// "function" or "actor".
  std::string handler = "function";
  uint32_t concurrency = 1;
  /// CAF's: "stealing", its default, polls; "sharing" does not.
  std::string scheduler = "sharing";
  /// Its threads; 0 leaves CAF's default: one per processor, and four at least.
  uint64_t threads = 0;
  /// MiB of free memory that each of glibc's heaps keeps; 0 leaves its default.
  int keep_memory = 32;
  /// Options of the inbox; 0 leaves the default.
  uint32_t batch_size = 0;
  uint32_t max_in_flight = 0;
};

/// Does one piece of work and says what came of it.
using work = nlohmann::json (*)(const setting& how);

nlohmann::json preload(const setting& how);
nlohmann::json process(const setting& how);
nlohmann::json actors(const setting& how);
nlohmann::json write_batches(const setting& how);
nlohmann::json write_singles(const setting& how);
nlohmann::json steady(const setting& how);
nlohmann::json latency(const setting& how);
nlohmann::json idle(const setting& how);

/// Returns events of the type "order" with new ids and the setting's payload.
[[nodiscard]] std::vector<inbox::event> make_events(const setting& how,
                                                    uint64_t count);

/// Calls `use` with one batch of new events after another, until they are as
/// many as the setting's records.
template <class F>
void for_batches(const setting& how, F use) {
  for (auto left = how.records; left > 0;) {
    auto n = std::min(left, how.batch);
    use(make_events(how, n));
    left -= n;
  }
}

/// Returns the options of an inbox whose errors end the program: a run in which
/// anything went wrong is no measurement.
[[nodiscard]] inbox::options make_options(const setting& how);

/// Has glibc keep as much free memory as the setting says, in place of giving
/// it back to the kernel between one batch and the next.
void keep_memory(const setting& how);

/// Returns the value, or ends the program with the error.
template <class T>
T value(caf::expected<T> x);

[[noreturn]] void fail(const std::string& why);

[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point begin);

/// Returns what a work says of a number of records and the time that they took.
[[nodiscard]] nlohmann::json rate_of(uint64_t records, double seconds);

/// Returns the CPU time of this process, in seconds.
[[nodiscard]] double cpu_seconds();

/// Returns how many pages of memory the kernel had to give to this process.
[[nodiscard]] int64_t page_faults();

/// Returns the most memory of this process that was resident so far, in MiB.
[[nodiscard]] double most_resident_mib();

/// Returns the value below which `percent` of the values are.
[[nodiscard]] double percentile(std::vector<double> values, double percent);

template <class T>
T value(caf::expected<T> x) {
  if (!x)
    fail(inbox::describe(x.error()));
  return std::move(*x);
}

} // namespace bench
