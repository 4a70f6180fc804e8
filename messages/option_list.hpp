#pragma once

#include "options.hpp"

namespace inbox {

/// Calls `f(name, member, description)` for every option with a textual form,
/// `name` as it is in a configuration: what declares, reads and documents them
/// goes by this one list.
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
  f("store-listen", x.store.listen, "wake others by LISTEN and NOTIFY");
  f("store-listen-url", x.store.listen_url,
    "the server itself, where store-url leads to a pooler");
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
  f("max-in-flight-bytes", x.max_in_flight_bytes,
    "most bytes of payload of all claimed deliveries");
  f("write-batch-size", x.write_batch_size, "most events per statement");
  f("max-waiting-writes", x.max_waiting_writes,
    "events that may wait for being written");
  f("max-waiting-bytes", x.max_waiting_bytes,
    "bytes of events that may wait for being written");
  f("payload-limit", x.payload_limit, "most bytes of one payload");
  f("request-timeout", x.request_timeout, "deadline of the client's requests");
  f("erase-interval", x.erase_interval, "pause between two retention runs");
  f("retention-days", x.retention_days, "age at which finished events go");
  f("erase-unfinished", x.erase_unfinished, "also erase unfinished events");
  f("drain-grace", x.drain_grace, "how long draining waits for handlers");
}

} // namespace inbox
