#pragma once

#include "fuzz.hpp"

#include "../../storage/store.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace inbox::fuzz {

/// A SQLite file whose tables look like those of a store, but allow any value,
/// as a version without types would, or somebody who has changed them.
class odd_tables {
public:
  static constexpr uint8_t events = 2;

  odd_tables();
  odd_tables(const odd_tables&) = delete;
  odd_tables& operator=(const odd_tables&) = delete;
  ~odd_tables();

  /// Replaces what is in the tables by a few rows, of which the input changes
  /// some values. Returns whether SQLite could take them.
  bool fill(source in);

  /// Whether the input made an id of zeros.
  [[nodiscard]] bool has_nil() const noexcept {
    return has_nil_;
  }

  [[nodiscard]] store& opened() noexcept {
    return *store_;
  }

  static uuid nth_id(uint8_t n);

private:
  struct closer {
    void operator()(sqlite3* db) const noexcept;
  };

  using database = std::unique_ptr<sqlite3, closer>;

  /// One value in SQL: a number, a text, or a blob.
  using literal = std::string;

  struct table {
    std::string name;
    std::vector<std::vector<literal>> rows;
  };

  database open(const std::string& name) const;
  static bool execute(sqlite3* db, const std::string& sql);
  literal next_value(source& in);
  static std::vector<table> usual_rows();

  std::filesystem::path folder_;
  database db_;
  store_ptr store_;
  bool has_nil_ = false;
};

} // namespace inbox::fuzz
