#pragma once

#include <sqlite3.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

/// A connection for what a test does past the store, as `sql_client` is for the
/// other database. Throws.
class sqlite_client {
public:
  using rows = std::vector<std::vector<std::string>>;

  /// Every statement waits for a lock for as long as `patience`.
  explicit sqlite_client(const std::string& file,
                         std::chrono::milliseconds patience
                         = std::chrono::seconds{5}) {
    auto code = sqlite3_open(file.c_str(), &db_);
    if (code != SQLITE_OK) {
      std::string text = sqlite3_errmsg(db_);
      sqlite3_close(db_);
      throw std::runtime_error(text);
    }
    sqlite3_busy_timeout(db_, static_cast<int>(patience.count()));
  }

  sqlite_client(const sqlite_client&) = delete;
  sqlite_client& operator=(const sqlite_client&) = delete;

  ~sqlite_client() {
    sqlite3_close(db_);
  }

  /// Runs one or more statements; returns all of their rows.
  rows run(const std::string& sql) {
    rows result;
    auto add = [](void* to, int columns, char** values, char**) {
      auto& row = static_cast<rows*>(to)->emplace_back();
      for (int i = 0; i < columns; ++i)
        row.emplace_back(values[i] != nullptr ? values[i] : "");
      return 0;
    };
    if (sqlite3_exec(db_, sql.c_str(), add, &result, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(db_));
    return result;
  }

  /// Returns the only value of the only row.
  std::string value(const std::string& sql) {
    return run(sql).at(0).at(0);
  }

  long number(const std::string& sql) {
    return std::stol(value(sql));
  }

  sqlite3* handle() const {
    return db_;
  }

private:
  sqlite3* db_ = nullptr;
};
