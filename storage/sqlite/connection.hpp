#pragma once

#include "../../messages/types.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;

namespace inbox::sqlite {

/// One open SQLite file, set up for durable commits next to other processes.
/// Throws `failure`.
class connection {
public:
  /// Opens or makes `file`. Every wait for another connection's lock ends after
  /// `busy_timeout`.
  connection(const std::string& file, timespan busy_timeout);

  /// Runs statements without parameters and results.
  void execute(const std::string& sql);

  /// Number of rows that the last statement inserted, changed or deleted.
  [[nodiscard]] uint32_t changes() const;

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
  };

  void use_write_ahead_log(timespan busy_timeout);

  std::string file_;
  std::unique_ptr<sqlite3, closer> db_;
};

} // namespace inbox::sqlite
