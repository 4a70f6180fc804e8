#include "connect_failure.hpp"

#include "failure.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace inbox::postgres {

namespace {

/// Where a verbose message has its SQLSTATE: "...FATAL:  28P01: text".
constexpr std::string_view state_mark = ":  ";

bool is_state(std::string_view x) {
  if (x.size() != 6 || x[5] != ':')
    return false;
  return std::all_of(x.begin(), x.begin() + 5, [](unsigned char c) {
    return std::isupper(c) || std::isdigit(c);
  });
}

/// Joins the lines that say what happened, one per way that libpq has tried.
std::string summary_of(std::string_view message) {
  std::string result;
  while (!message.empty()) {
    auto line = first_line(message);
    message.remove_prefix(std::min(line.size() + 1, message.size()));
    if (line.empty() || line.front() == '\t'
        || line.compare(0, 10, "LOCATION: ") == 0)
      continue;
    if (!result.empty())
      result += "; ";
    result += line;
  }
  return result;
}

/// Returns the part of `describe(x)` that is for a person.
std::string text_of(const caf::error& x) {
  return x.context().get_as<std::string>(1);
}

} // namespace

std::string state_in(std::string_view message) {
  // The last one: with TLS and without, it is that of the last attempt.
  for (auto i = message.rfind(state_mark); i != std::string_view::npos && i > 0;
       i = message.rfind(state_mark, i - 1))
    if (auto state = message.substr(i + state_mark.size(), 6); is_state(state))
      return std::string{state.substr(0, 5)};
  return {};
}

caf::error connect_error(PGconn* conn, const address& to) {
  auto secrets = to;
  if (const char* password = PQpass(conn))
    secrets.add_secret(password); // from a file or the environment
  std::string message = PQerrorMessage(conn);
  auto state = state_in(message);
  auto text = secrets.censored(summary_of(message));
  // What is hidden may be all of it: a password can be any word.
  if (text.find(state) == std::string::npos)
    text = state + ": " + text;
  if (blames_url(state) || PQconnectionNeedsPassword(conn) != 0)
    return make_error(errc::storage_failed, "options.store.url", text);
  auto code = state.empty() ? errc::connection_lost : class_of(state);
  // The only values that have been sent are those of the URL.
  return make_error(code, code == errc::invalid ? "options.store.url" : "store",
                    text);
}

caf::error combine(const std::vector<caf::error>& failures) {
  auto last = std::find_if(failures.rbegin(), failures.rend(), is_transient);
  auto& decides = last != failures.rend() ? *last : failures.back();
  std::string text;
  for (auto& x : failures)
    text += (text.empty() ? "" : "; ") + text_of(x);
  return make_error(code_of(decides), field_of(decides), std::move(text));
}

} // namespace inbox::postgres
