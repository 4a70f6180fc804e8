#pragma once

#include <inbox/inbox.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace flow {

/// A store that one test has to itself, of one kind, empty at the beginning and
/// gone at the end.
class store_place {
public:
  virtual ~store_place() = default;

  [[nodiscard]] virtual const char* kind() const = 0;

  [[nodiscard]] const inbox::store_options& options() const {
    return options_;
  }

  /// The class of the error if a table of the inbox is not there.
  [[nodiscard]] virtual inbox::errc missing_table() const = 0;

  /// Runs SQL past the inbox; "@" stands for the prefix. Fails the test if the
  /// database refuses.
  virtual void execute(const std::string& sql) = 0;

  /// Likewise for a query that has one number as its result.
  virtual int64_t number(const std::string& sql) = 0;

  /// Makes everything that has a time in the store older by that much.
  virtual void age(std::chrono::hours interval) = 0;

  /// Notes every settlement from now on, in the database itself. The tables
  /// have to be there.
  virtual void watch_settlements() = 0;

  /// Returns how many deliveries were changed after they were final.
  [[nodiscard]] int64_t settled_twice();

protected:
  [[nodiscard]] std::string with_prefix(const std::string& sql) const;

  inbox::store_options options_;
};

using store_place_ptr = std::unique_ptr<store_place>;

[[nodiscard]] store_place_ptr memory_place();

[[nodiscard]] store_place_ptr sqlite_place();

/// Returns null where INBOX_TEST_POSTGRES is not set. Where it is, the server
/// that the environment names has to be there.
[[nodiscard]] store_place_ptr postgres_place();

using store_test = std::function<void(store_place&)>;

/// Runs `test` in the memory, on SQLite, and on PostgreSQL where that is
/// wanted.
void on_each_store(const store_test& test);

/// Likewise on PostgreSQL only, where that is wanted.
void on_postgres(const store_test& test);

/// Likewise on the stores that outlive a process.
void on_durable_stores(const store_test& test);

} // namespace flow
