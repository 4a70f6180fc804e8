#pragma once

#include "backoff.hpp"
#include "delivery.hpp"
#include "types.hpp"

#include <caf/actor.hpp>
#include <caf/config_option_set.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/settings.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace spdlog {

class logger;

} // namespace spdlog

namespace inbox {

/// How to reach a store and how long to wait for it.
struct store_options {
  /// "sqlite:FILE", "postgresql://...", or "memory:" (shared by all inboxes of
  /// the process that use the same name behind the colon).
  std::string url = "sqlite:inbox.db";
  /// Begins the name of every table, so that several inboxes can share one
  /// database: 1 to 32 characters of a-z, 0-9 and '_', beginning with a letter.
  std::string prefix = "inbox";
  /// Time for one connection attempt, in which each server that the URL stands
  /// for has its share; names are looked up within it.
  timespan connect_timeout = std::chrono::seconds{5};
  /// Time that the server, or SQLite's lock, is given for one statement.
  timespan statement_timeout = std::chrono::seconds{5};
  /// Time after which a statement without any answer ends the connection; with
  /// SQLite, after which a transaction ends, waiting for its lock included.
  timespan deadline = std::chrono::seconds{8};
  /// Whether inboxes on one PostgreSQL wake each other by LISTEN and NOTIFY,
  /// over a connection of their own that also shows that they are there.
  /// Without, and with other stores, they find the work of others at their next
  /// iteration.
  bool listen = true;
  /// For that connection, where `url` leads to a pooler: the server itself.
  /// Empty: as `url`.
  std::string listen_url;
};

/// All that can be set for an inbox. The defaults are those of docs/options.md,
/// which also says why.
struct options {
  store_options store;

  /// Pause between two looks for due work.
  timespan iteration_rate = std::chrono::seconds{5};
  /// Each pause is longer by a random 0 to `iteration_seed` seconds, so that
  /// nodes do not ask in step.
  uint32_t iteration_seed = 2;

  /// Deadline of each attempt.
  timespan handler_timeout = std::chrono::seconds{10};
  /// A delivery is dead after this many failed attempts; 1 to 32,767.
  uint32_t max_attempts = 5;
  inbox::backoff backoff;
  /// Function workers of one handler key that may be stuck, each replaced by a
  /// fresh one, before the key gets no more work.
  uint32_t max_stuck_workers = 4;

  /// How long a claim lasts without being renewed: the time after which the
  /// work of a dead process is taken over.
  timespan lease_duration = std::chrono::seconds{20};
  /// Most deliveries per claim and per settling statement.
  uint32_t batch_size = 2000;
  /// Most claimed deliveries of one handler key, running or waiting.
  uint32_t max_in_flight = 12000;
  /// Most bytes of payload of all claimed deliveries; a single larger one is
  /// claimed when nothing else is there.
  uint64_t max_in_flight_bytes = 64 * 1024 * 1024;

  /// Most events per writing statement.
  uint32_t write_batch_size = 1000;
  /// Events that may wait for being written; more are answered `errc::busy`.
  uint32_t max_waiting_writes = 20000;
  /// Likewise for the bytes of their payloads and headers.
  uint64_t max_waiting_bytes = 256 * 1024 * 1024;
  /// Most bytes of one event's payload.
  uint64_t payload_limit = 16 * 1024 * 1024;
  /// Deadline of a request to the inbox that the client makes.
  timespan request_timeout = std::chrono::seconds{30};

  /// Pause between two runs of the retention.
  timespan erase_interval = std::chrono::hours{24};
  /// Events whose deliveries all ended this many days ago are erased; 0 keeps
  /// everything.
  uint32_t retention_days = 60;
  /// Also erases unfinished and unrouted events of that age.
  bool erase_unfinished = false;

  /// How long `drain_inbox` waits for running handlers.
  timespan drain_grace = std::chrono::seconds{10};

  /// Called once for every delivery that became dead. It may block: it runs on
  /// a thread of its own, one call after another, and what it cannot keep up
  /// with waits in memory. What it throws is caught and logged.
  std::function<void(const delivery_died&)> on_dead;
  /// Called for every error of the store and of the inbox itself, likewise and
  /// on the same thread.
  std::function<void(const caf::error&)> on_error;
  /// Gets `delivery_died` and `error_occurred` as messages.
  caf::actor observer;
  /// Where to log; by default a logger "caf-inbox" to standard error.
  std::shared_ptr<spdlog::logger> logger;

  /// Returns an `errc::invalid` error that names the first bad field, such as
  /// "options.lease_duration", or no error.
  [[nodiscard]] caf::error validate() const;
};

/// Returns the longest time that `drain_inbox` takes: a claim that is under
/// way, the grace period, the time that canceled handlers get, then the
/// completer, the writer, the listener, the store workers and the callbacks
/// with a `store.deadline` each.
[[nodiscard]] timespan longest_drain(const options& x);

/// Declares the group "inbox" with all options that have a textual form, for
/// the constructor of an application's `caf::actor_system_config`:
/// `inbox::add_options(custom_options_)`.
void add_options(caf::config_option_set& options);

/// Reads what a CAF configuration (file and command line) sets in the group
/// "inbox" over `defaults`; of an entry that is there twice the last one
/// counts. Returns an `errc::invalid` error that names the first entry of a
/// wrong type, or one that is no option; ranges are checked by
/// `options::validate`.
[[nodiscard]] caf::expected<options> read_options(const caf::settings& config,
                                                  options defaults = {});

/// Checks what begins the names of tables, and names it `field`.
[[nodiscard]] caf::error check_prefix(const std::string& field,
                                      const std::string& value);

/// Checks the parts of `store_options` and names them "options.store....".
[[nodiscard]] caf::error check(const store_options& x);

} // namespace inbox
