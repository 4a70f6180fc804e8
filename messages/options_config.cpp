#include "options.hpp"

#include "error.hpp"

#include <caf/config_option_adder.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace inbox {

namespace {

/// Calls `f(name, member, description)` for every option with a textual form:
/// the one list that both declaring and reading go by.
template <class F>
void for_each_option(options& x, F f) {
  f("store-url", x.store.url, "sqlite:FILE, postgresql://... or memory:");
  f("store-prefix", x.store.prefix, "begins the name of every table");
  f("store-connect-timeout", x.store.connect_timeout,
    "time for one connection attempt");
  f("store-statement-timeout", x.store.statement_timeout,
    "time that the store is given for one statement");
  f("store-deadline", x.store.deadline,
    "time after which a silent connection is given up");
  f("iteration-rate", x.iteration_rate, "pause between two looks for due work");
  f("iteration-seed", x.iteration_seed,
    "most seconds that are added to a pause at random");
  f("handler-timeout", x.handler_timeout, "deadline of each attempt");
  f("max-attempts", x.max_attempts, "failed attempts that make it dead");
  f("backoff-min", x.backoff.min, "shortest wait after a failure");
  f("backoff-max", x.backoff.max, "longest wait after a failure");
  f("backoff-factor", x.backoff.factor, "growth of the wait per attempt");
  f("max-stuck-workers", x.max_stuck_workers,
    "stuck function workers per handler key that are replaced");
  f("lease-duration", x.lease_duration, "how long a claim lasts unrenewed");
  f("batch-size", x.batch_size, "most deliveries per statement");
  f("max-in-flight", x.max_in_flight,
    "most claimed deliveries per handler key");
  f("write-batch-size", x.write_batch_size, "most events per statement");
  f("max-waiting-writes", x.max_waiting_writes,
    "events that may wait for being written");
  f("payload-limit", x.payload_limit, "most bytes of one payload");
  f("request-timeout", x.request_timeout, "deadline of the client's requests");
  f("erase-interval", x.erase_interval, "pause between two retention runs");
  f("retention-days", x.retention_days, "age at which finished events go");
  f("erase-unfinished", x.erase_unfinished, "also erase unfinished events");
  f("drain-grace", x.drain_grace, "how long draining waits for handlers");
}

} // namespace

void add_options(caf::config_option_set& target) {
  caf::config_option_adder group{target, "inbox"};
  options defaults;
  for_each_option(defaults, [&group](const char* name, const auto& member,
                                     const char* description) {
    group.template add<std::decay_t<decltype(member)>>(name, description);
  });
}

caf::expected<options> read_options(const caf::settings& config,
                                    options defaults) {
  caf::error err;
  for_each_option(defaults, [&](const std::string& name, auto& member,
                                const char*) {
    auto* value = caf::get_if(&config, "inbox." + name);
    if (err || value == nullptr)
      return;
    auto read = caf::get_as<std::decay_t<decltype(member)>>(*value);
    if (read)
      member = std::move(*read);
    else
      err = make_error(errc::invalid, "inbox." + name,
                       "has the wrong type or is out of range");
  });
  if (err)
    return err;
  return defaults;
}

} // namespace inbox
