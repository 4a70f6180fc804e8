#pragma once

#include "connection.hpp"
#include "pack_width.hpp"
#include "queue_scan.hpp"
#include "sighting_watch.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace inbox::postgres {

/// What a transaction does with the routes. Who reads them to fan events out
/// must have committed before one is added or removed, or the new route would
/// miss an event that was already under way.
enum class route_access { read, change };

/// What the verbs share: the connection, and their statements with the names of
/// this inbox's tables.
class session {
public:
  session(conn_ptr conn, const store_options& options,
          transaction_scope scope = transaction_scope::call);

  /// Returns the statement for a constant text.
  [[nodiscard]] const statement& sql(const char* text);

  /// Returns until when a verb that begins now may take.
  [[nodiscard]] deadline start() const;

  /// Runs one statement as a transaction of its own.
  [[nodiscard]] caf::expected<rows> run(const char* text, params args,
                                        effect what, deadline until,
                                        planning how = planning::by_index);

  /// Likewise, with a deadline from now.
  [[nodiscard]] caf::expected<rows> run(const char* text, params args,
                                        effect what);

  /// Runs statements as one transaction, in one round trip, and returns what
  /// the last one answers.
  [[nodiscard]] caf::expected<rows> run(std::vector<step> steps, effect what,
                                        deadline until,
                                        planning how = planning::by_index);

  /// Asks a question whose answer is one boolean.
  [[nodiscard]] caf::expected<bool> ask(const char* text, params args,
                                        deadline until);

  /// Runs statements that change something, with the lock on the routes that
  /// they need until their end.
  [[nodiscard]] caf::expected<rows>
  run_with_routes(route_access access, std::vector<step> steps, deadline until,
                  planning how = planning::by_index);

  /// Likewise, for one statement.
  [[nodiscard]] caf::expected<rows>
  run_with_routes(route_access access, const char* text, params args,
                  deadline until, planning how = planning::by_index);

  /// Has what reads the routes fail with `errc::busy` if they have changed
  /// since the transaction's snapshot: for one that sees the state of its
  /// beginning.
  void keep_snapshot() noexcept {
    keeps_snapshot_ = true;
  }

  [[nodiscard]] connection& conn() noexcept {
    return conn_;
  }

  /// Returns the number of the lock that transactions with effects share, or
  /// have alone.
  [[nodiscard]] int64_t effects_lock() const noexcept {
    return effects_lock_;
  }

  /// Returns until when effects are executed alone, since they were in
  /// deadlocks.
  [[nodiscard]] deadline& alone_until() noexcept {
    return alone_until_;
  }

  /// Returns how far the queue has been read.
  [[nodiscard]] queue_scan& scan() noexcept {
    return scan_;
  }

  [[nodiscard]] pack_width& packs() noexcept {
    return packs_;
  }

  /// Returns when the store last got an event that it had already. See
  /// `insert_form::all_new`.
  [[nodiscard]] sighting_watch& duplicates() noexcept {
    return duplicates_;
  }

  /// Returns when a claim last found due deliveries that are not in the queue.
  [[nodiscard]] sighting_watch& others() noexcept {
    return others_;
  }

  [[nodiscard]] const std::string& prefix() const noexcept {
    return prefix_;
  }

private:
  connection conn_;
  std::string prefix_;
  int64_t routes_lock_;
  int64_t effects_lock_;
  deadline alone_until_{};
  bool keeps_snapshot_ = false;
  queue_scan scan_;
  pack_width packs_;
  sighting_watch duplicates_;
  sighting_watch others_;
  std::unordered_map<const char*, statement> statements_;
};

} // namespace inbox::postgres
