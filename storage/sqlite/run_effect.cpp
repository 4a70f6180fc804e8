#include "run_effect.hpp"

#include "failure.hpp"
#include "statement.hpp"

#include "../wrong_rows.hpp"

#include <sqlite3.h>

#include <charconv>
#include <memory>
#include <string_view>

namespace inbox::sqlite {

namespace {

using stmt_ptr = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

/// Tells whether a statement is refused for itself, and not for the state that
/// the file or the disk is in.
bool blames_statement(int code) {
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_ABORT:
    case SQLITE_AUTH:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
      return true;
    default:
      return false;
  }
}

/// Returns the reason, or throws if the statement is not to blame.
std::string reason(const connection& db, int code) {
  if (!blames_statement(code))
    db.fail(code);
  return sqlite3_errmsg(db.handle());
}

/// Returns the number of the value that a parameter stands for, 0 if its name
/// is no number.
size_t number_of(sqlite3_stmt* stmt, int position) {
  auto* name = sqlite3_bind_parameter_name(stmt, position);
  if (name == nullptr)
    return static_cast<size_t>(position);
  std::string_view digits{name + 1};
  size_t result = 0;
  auto end = digits.data() + digits.size();
  auto [rest, err] = std::from_chars(digits.data(), end, result);
  return err == std::errc{} && rest == end ? result : 0;
}

void bind(query& to, int position, const sql_value& x) {
  std::visit(
    [&](auto& content) {
      using type = std::decay_t<decltype(content)>;
      if constexpr (std::is_same_v<type, double>)
        to.bind_real(position, content);
      else if constexpr (std::is_same_v<type, json_text>)
        to.bind(position, content.value);
      else
        to.bind(position, content);
    },
    x.get());
}

std::optional<std::string> bind_all(sqlite3_stmt* stmt, query& to,
                                    const std::vector<sql_value>& values) {
  for (auto i = 1; i <= sqlite3_bind_parameter_count(stmt); ++i) {
    auto number = number_of(stmt, i);
    if (number == 0)
      return std::string{"names a parameter "}
             + sqlite3_bind_parameter_name(stmt, i)
             + ", which has to be $1, $2 and so on";
    if (number > values.size())
      return "has no value for parameter " + std::to_string(number);
    bind(to, i, values[number - 1]);
  }
  return std::nullopt;
}

} // namespace

effect_result run_effect(connection& db, const sql_effect& x) {
  auto prepare = [&db](std::string_view text, const char** rest) {
    sqlite3_stmt* stmt = nullptr;
    auto code = sqlite3_prepare_v2(db.handle(), text.data(),
                                   static_cast<int>(text.size()), &stmt, rest);
    return std::pair{stmt_ptr{stmt, sqlite3_finalize}, code};
  };
  const char* rest = nullptr;
  auto [stmt, code] = prepare(x.statement, &rest);
  if (code != SQLITE_OK)
    return {reason(db, code)};
  std::string_view left{
    rest, x.statement.size() - static_cast<size_t>(rest - x.statement.data())};
  const char* ignored = nullptr;
  if (auto [second, failed] = prepare(left, &ignored);
      second || failed != SQLITE_OK)
    return {"is more than one statement"};
  query running{db, stmt.get()};
  if (auto refused = bind_all(stmt.get(), running, x.parameters))
    return {refused};
  do {
    code = sqlite3_step(stmt.get());
  } while (code == SQLITE_ROW);
  if (code != SQLITE_DONE)
    return {reason(db, code)};
  effect_result result;
  if (sqlite3_stmt_readonly(stmt.get()) == 0)
    result.changed = db.changes();
  result.refused = wrong_rows(x, result.changed);
  return result;
}

} // namespace inbox::sqlite
