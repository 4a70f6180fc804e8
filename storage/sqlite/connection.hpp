#pragma once

#include "../missing_tables.hpp"

#include "../../messages/types.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;

namespace inbox::sqlite {

/// One open SQLite file, set up for durable commits next to other processes.
/// Throws `failure`.
class connection {
public:
  /// Opens `file`, or makes it if it may be missing. Every wait for another
  /// connection's lock ends after `busy_timeout`, and what `start` began after
  /// `deadline`.
  connection(const std::string& file, timespan busy_timeout,
             timespan deadline = std::chrono::hours{1},
             missing_tables missing = missing_tables::make);

  /// Borrows a connection of the application, with the settings that it has;
  /// it outlives this one.
  explicit connection(sqlite3* borrowed);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Begins a transaction's time: statements fail with `errc::timeout` once it
  /// is up, and are undone. Waiting for a lock is part of it; a single call of
  /// the system that takes long, such as the one that waits for the disk, is
  /// not interrupted. Throws what `check_file` throws.
  void start() {
    start(deadline_);
  }

  /// Likewise, with another time than that of a verb.
  void start(timespan patience);

  /// Ends a transaction's time, so that it can be rolled back.
  void stop() noexcept;

  /// Throws `errc::connection_lost` if another file, or none, has the name of
  /// the one that was opened: what is committed to that, nobody would see.
  void check_file() const;

  /// Runs statements without parameters and results.
  void execute(const std::string& sql);

  /// Number of rows that the last statement inserted, changed or deleted.
  [[nodiscard]] uint32_t changes() const;

  /// Number of rows that were changed since this was opened, also by what was
  /// undone; goes round.
  [[nodiscard]] uint32_t total_changes() const;

  /// Key of the row that was inserted last.
  [[nodiscard]] int64_t last_insert_id() const;

  [[nodiscard]] bool in_transaction() const;

  /// Throws SQLite's error `code` as a `failure`.
  [[noreturn]] void fail(int code) const;

  [[nodiscard]] sqlite3* handle() const noexcept {
    return db_.get();
  }

  [[nodiscard]] const std::string& file() const noexcept {
    return file_;
  }

private:
  struct closer {
    void operator()(sqlite3* db) const noexcept;

    bool borrowed;
  };

  using clock = std::chrono::steady_clock;

  /// Called by SQLite now and then; ends the statement unless it returns 0.
  static int is_late(void* self) noexcept;

  void use_write_ahead_log(timespan busy_timeout);

  std::string file_;
  timespan deadline_;
  /// Until when the transaction that is under way may take.
  clock::time_point until_ = clock::time_point::max();
  std::unique_ptr<sqlite3, closer> db_;
};

} // namespace inbox::sqlite
