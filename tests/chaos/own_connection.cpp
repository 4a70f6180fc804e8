#include "own_connection.hpp"

#include "../support/sql_client.hpp"
#include "../support/sqlite_client.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <variant>

namespace chaos {

namespace {

using namespace std::chrono_literals;

/// Returns one of the types that the bank uses.
std::string text_of(const inbox::sql_value& x) {
  if (auto* text = std::get_if<std::string>(&x.get()))
    return *text;
  if (auto* number = std::get_if<int64_t>(&x.get()))
    return std::to_string(*number);
  return std::to_string(std::get<double>(x.get()));
}

void check(const inbox::sql_effect& x, uint64_t changed) {
  if (x.rows && *x.rows != changed)
    throw std::runtime_error("changed " + std::to_string(changed) + " rows");
}

void run_each(sql_client& on, const std::vector<inbox::sql_effect>& effects) {
  on.run("begin; set local statement_timeout = '2s'");
  for (auto& x : effects) {
    std::vector<std::string> texts;
    for (auto& value : x.parameters)
      texts.push_back(text_of(value));
    std::vector<const char*> values;
    for (auto& text : texts)
      values.push_back(text.c_str());
    std::unique_ptr<PGresult, decltype(&PQclear)> result{
      PQexecParams(on.handle(), x.statement.c_str(),
                   static_cast<int>(values.size()), nullptr, values.data(),
                   nullptr, nullptr, 0),
      PQclear};
    std::string error = PQresultErrorMessage(result.get());
    if (!error.empty())
      throw std::runtime_error(error);
    if (x.rows)
      check(x, std::stoull(PQcmdTuples(result.get())));
  }
  on.run("commit");
}

void bind(sqlite3_stmt* to, int place, const inbox::sql_value& x) {
  if (auto* number = std::get_if<int64_t>(&x.get()))
    sqlite3_bind_int64(to, place, *number);
  else
    sqlite3_bind_text(to, place, text_of(x).c_str(), -1, SQLITE_TRANSIENT);
}

void run_each(sqlite_client& on,
              const std::vector<inbox::sql_effect>& effects) {
  on.run("pragma foreign_keys = on; pragma synchronous = full; "
         "begin immediate");
  for (auto& x : effects) {
    sqlite3_stmt* stmt = nullptr;
    sqlite3_prepare_v2(on.handle(), x.statement.c_str(), -1, &stmt, nullptr);
    for (size_t i = 0; i < x.parameters.size(); ++i)
      bind(stmt,
           sqlite3_bind_parameter_index(stmt,
                                        ('$' + std::to_string(i + 1)).c_str()),
           x.parameters[i]);
    while (sqlite3_step(stmt) == SQLITE_ROW)
      continue;
    if (sqlite3_finalize(stmt) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(on.handle()));
    if (x.rows)
      check(x, static_cast<uint64_t>(sqlite3_changes(on.handle())));
  }
  on.run("commit");
}

} // namespace

void run_in_own_transaction(const std::string& url,
                            const std::vector<inbox::sql_effect>& effects) {
  constexpr std::string_view scheme = "sqlite:";
  if (url.rfind(scheme, 0) == 0) {
    sqlite_client client{url.substr(scheme.size()), 1s};
    run_each(client, effects);
  } else {
    sql_client client{url};
    run_each(client, effects);
  }
}

} // namespace chaos
