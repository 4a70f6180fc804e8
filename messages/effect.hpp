#pragma once

#include "sql_value.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inbox {

/// One statement that commits together with the end of an attempt, or not at
/// all. It runs on the inbox's connection to its store, with the rights of
/// that.
struct sql_effect {
  /// A single SELECT, INSERT, UPDATE, DELETE, MERGE, REPLACE or CALL, which may
  /// begin with WITH. Its parameters are $1, $2 and so on with either database.
  std::string statement;
  std::vector<sql_value> parameters;
  /// How many rows it has to insert, change or delete: the attempt fails with
  /// any other number.
  std::optional<uint64_t> rows;

  template <class Inspector>
  friend bool inspect(Inspector& f, sql_effect& x) {
    return f.object(x).fields(f.field("statement", x.statement),
                              f.field("parameters", x.parameters),
                              f.field("rows", x.rows));
  }

  friend bool operator==(const sql_effect& x, const sql_effect& y) {
    return x.statement == y.statement && x.parameters == y.parameters
           && x.rows == y.rows;
  }
};

/// Makes an effect: `sql("update account set cents = cents - $1", 5)`.
template <class... Ts>
[[nodiscard]] sql_effect sql(std::string statement, Ts&&... parameters) {
  return {std::move(statement),
          {sql_value{std::forward<Ts>(parameters)}...},
          std::nullopt};
}

/// Likewise, for one that has to insert, change or delete exactly `rows` rows.
template <class... Ts>
[[nodiscard]] sql_effect
sql_on_rows(uint64_t rows, std::string statement, Ts&&... parameters) {
  auto result = sql(std::move(statement), std::forward<Ts>(parameters)...);
  result.rows = rows;
  return result;
}

/// Most parameters of one effect, PostgreSQL's limit.
constexpr size_t max_parameters = 65535;

/// Most bytes that the statements and parameters of one answer may have.
constexpr size_t max_effect_bytes = 16 * 1024 * 1024;

/// Returns the bytes of the statement and of its parameters.
[[nodiscard]] size_t bytes_of(const sql_effect& x);

/// Returns an `errc::invalid` error that names the first bad field
/// ("effects[0].statement", "effects[2].parameters[1]", "effects"), or no
/// error. What begins, ends or changes a transaction or a session is refused.
[[nodiscard]] caf::error check(const std::vector<sql_effect>& xs);

} // namespace inbox
