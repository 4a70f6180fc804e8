#pragma once

#include "../../messages/error.hpp"
#include "../../storage/open_store.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

/// A place for one kind of store that a test has to itself: fresh at the
/// beginning, gone at the end, with a clock that the test moves.
class test_store {
public:
  virtual ~test_store() = default;

  virtual const char* kind() const = 0;

  /// Returns what opens this place with the standard prefix.
  inbox::store_options options() const {
    return options_;
  }

  /// Opens a further connection.
  virtual caf::expected<inbox::store_ptr>
  try_open(const inbox::store_options& options) = 0;

  inbox::store_ptr open() {
    return open(options());
  }

  inbox::store_ptr open(const inbox::store_options& options) {
    auto result = try_open(options);
    if (!result)
      throw std::runtime_error(inbox::describe(result.error()));
    return std::move(*result);
  }

  /// Lets time pass for the store.
  virtual void advance(std::chrono::microseconds interval) = 0;

  /// Returns the store's time.
  virtual inbox::timestamp now() = 0;

  /// Runs SQL past the store, if that has any; "$" stands for the prefix.
  virtual void execute(const std::string& sql) = 0;

  /// Whether time also passes by itself.
  virtual bool has_own_clock() const {
    return false;
  }

  /// Whether the data outlives the last connection.
  virtual bool is_durable() const {
    return true;
  }

protected:
  /// Returns `sql` with the prefix in it.
  std::string with_prefix(const std::string& sql) const {
    std::string result;
    for (auto c : sql)
      result += c == '$' ? options_.prefix + "_" : std::string(1, c);
    return result;
  }

  inbox::store_options options_;
};

/// A clock that stands still unless it is moved. It begins in 2030.
class manual_clock {
public:
  inbox::time_source source() const {
    return [now = now_] { return *now; };
  }

  inbox::timestamp now() const {
    return *now_;
  }

  void advance(std::chrono::microseconds interval) {
    *now_ += interval;
  }

private:
  std::shared_ptr<inbox::timestamp> now_
    = std::make_shared<inbox::timestamp>(std::chrono::seconds{1'893'456'000});
};
