#pragma once

#include "connection.hpp"

#include "../micros.hpp"

#include "../../messages/payload.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3_stmt;

namespace inbox::sqlite {

/// One execution of a statement: a cursor over its rows. Resets the statement
/// when it goes, so that no lock or argument outlives it.
class query {
public:
  query(connection& db, sqlite3_stmt* stmt) noexcept : db_(&db), stmt_(stmt) {
    // nop
  }

  query(query&& other) noexcept;
  query& operator=(query&& other) noexcept;
  query(const query&) = delete;
  query& operator=(const query&) = delete;
  ~query();

  /// Goes to the next row; returns false if there is none.
  bool next();

  // -- columns of the current row, from 0 -------------------------------------

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] int64_t integer(int column) const;

  /// Returns the nearest number that a counter can have.
  [[nodiscard]] uint32_t count(int column) const;

  /// Throws `errc::schema_mismatch` if the value is too large for a route.
  [[nodiscard]] route_id route(int column) const;

  [[nodiscard]] timestamp time(int column) const;

  /// Throws `errc::schema_mismatch` if the value has another size than an id.
  [[nodiscard]] uuid id(int column) const;

  /// Valid until the next call of `next`.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

  [[nodiscard]] std::optional<timestamp> maybe_time(int column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(int column) const;

  // -- arguments, from 1; not copied ------------------------------------------

  void bind(int position, std::nullptr_t);
  void bind(int position, std::string_view text);

  void bind(int position, const std::string& text) {
    bind(position, std::string_view{text});
  }

  void bind(int position, const payload& bytes);
  void bind(int position, const uuid& id);
  void bind(int position, timestamp time);
  void bind_integer(int position, int64_t number);
  void bind_real(int position, double number);

  template <class T>
  std::enable_if_t<std::is_integral_v<T>> bind(int position, T number) {
    bind_integer(position, static_cast<int64_t>(number));
  }

  template <class T>
  void bind(int position, const std::optional<T>& x) {
    if (x)
      bind(position, *x);
    else
      bind(position, nullptr);
  }

private:
  void check(int code) const;

  connection* db_;
  sqlite3_stmt* stmt_;
};

/// Tells whether an argument that is passed as a `T&&` is there after the call,
/// or is nothing but a number or a view.
template <class T>
constexpr bool outlasts_call
  = std::is_lvalue_reference_v<T> || std::is_integral_v<T>
    || std::is_same_v<std::remove_cv_t<T>, timestamp>
    || std::is_same_v<std::remove_cv_t<T>, std::string_view>;

/// A statement that is prepared at its first use and then kept.
class statement {
public:
  statement(connection& db, std::string sql);

  /// Begins an execution. The arguments must live as long as the result.
  template <class... Ts>
  [[nodiscard]] query run(Ts&&... args) {
    static_assert((outlasts_call<Ts> && ...), "its content is not copied");
    query result{*db_, prepared()};
    [[maybe_unused]] int position = 0;
    (result.bind(++position, args), ...);
    return result;
  }

  /// Executes to the end and returns the number of changed rows.
  template <class... Ts>
  uint32_t execute(const Ts&... args) {
    auto running = run(args...);
    while (running.next()) {
      // nop
    }
    return db_->changes();
  }

  [[nodiscard]] const std::string& sql() const noexcept {
    return sql_;
  }

private:
  struct finalizer {
    void operator()(sqlite3_stmt* stmt) const noexcept;
  };

  sqlite3_stmt* prepared();

  connection* db_;
  std::string sql_;
  std::unique_ptr<sqlite3_stmt, finalizer> stmt_;
};

} // namespace inbox::sqlite
