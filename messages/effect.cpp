#include "effect.hpp"

#include "error.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace inbox {

namespace {

// All else could end the transaction that it is a part of, or leave something
// behind in the session.
constexpr std::array<std::string_view, 8> verbs{"select", "insert", "update",
                                                "delete", "merge",  "replace",
                                                "call",   "with"};

caf::error invalid(std::string field, std::string text) {
  return make_error(errc::invalid, std::move(field), std::move(text));
}

/// Removes the comment that `x` begins with, or all if it has another one in
/// it: these nest in PostgreSQL and not in SQLite, so they end at different
/// places.
void skip_comment(std::string_view& x) {
  auto end = x.find("*/", 2);
  auto nested = x.find("/*", 2);
  x.remove_prefix(end < nested && end != std::string_view::npos ? end + 2
                                                                : x.size());
}

/// Returns the first word of a statement, in small letters.
std::string first_word(std::string_view x) {
  for (;;) {
    if (!x.empty() && std::isspace(static_cast<unsigned char>(x.front())) != 0)
      x.remove_prefix(1);
    else if (x.substr(0, 2) == "--")
      x.remove_prefix(std::min(x.find('\n'), x.size()));
    else if (x.substr(0, 2) == "/*")
      skip_comment(x);
    else
      break;
  }
  std::string result;
  for (auto c : x) {
    auto letter = static_cast<unsigned char>(c);
    if (std::isalpha(letter) == 0)
      break;
    result += static_cast<char>(std::tolower(letter));
  }
  return result;
}

caf::error check_value(const std::string& field, const sql_value& x) {
  auto& content = x.get();
  auto* text = std::get_if<std::string>(&content);
  if (auto* json = std::get_if<json_text>(&content))
    text = &json->value;
  if (text != nullptr && !is_text(*text))
    return invalid(field, "holds a NUL or is not UTF-8");
  return {};
}

caf::error check_effect(const std::string& name, const sql_effect& x) {
  auto& statement = x.statement;
  if (!is_text(statement))
    return invalid(name + ".statement", "holds a NUL or is not UTF-8");
  auto verb = first_word(statement);
  if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end())
    return invalid(name + ".statement",
                   "is no SELECT, INSERT, UPDATE, DELETE, MERGE, REPLACE, CALL "
                   "or WITH");
  if (x.parameters.size() > max_parameters)
    return invalid(name + ".parameters",
                   "are more than " + std::to_string(max_parameters));
  for (size_t i = 0; i < x.parameters.size(); ++i)
    if (auto err = check_value(name + ".parameters[" + std::to_string(i) + "]",
                               x.parameters[i]))
      return err;
  return {};
}

} // namespace

size_t bytes_of(const sql_effect& x) {
  auto result = x.statement.size();
  for (auto& value : x.parameters)
    result += bytes_of(value);
  return result;
}

caf::error check(const std::vector<sql_effect>& xs) {
  size_t bytes = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    if (auto err = check_effect("effects[" + std::to_string(i) + "]", xs[i]))
      return err;
    bytes += bytes_of(xs[i]);
  }
  if (bytes > max_effect_bytes)
    return invalid("effects", "have " + std::to_string(bytes)
                                + " bytes, the limit is "
                                + std::to_string(max_effect_bytes));
  return {};
}

} // namespace inbox
