#include "open_store.hpp"

#include "memory/open_memory_store.hpp"
#include "postgres/open_postgres_store.hpp"
#include "sqlite/open_sqlite_store.hpp"

#include "../messages/error.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace inbox {

namespace {

constexpr std::string_view memory_scheme = "memory:";
constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::string_view postgres_schemes[] = {"postgresql://",
                                                 "postgres://"};

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

caf::error invalid_url(std::string text) {
  return make_error(errc::invalid, "options.store.url", std::move(text));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Tells whether what follows each colon outside of brackets is a port, and not
/// a password whose host was forgotten.
bool has_only_ports(std::string_view hosts) {
  auto in_brackets = false;
  auto in_port = false;
  for (auto c : hosts) {
    if (in_port && c != ',' && !is_digit(c))
      return false;
    in_brackets = (in_brackets || c == '[') && c != ']';
    in_port = !in_brackets && c != ',' && (in_port || c == ':');
  }
  return true;
}

/// Returns what is left of `rest`, the URL behind its scheme, without user,
/// password and parameters.
std::string_view public_part(std::string_view rest) {
  auto query = rest.find('?');
  auto at = rest.rfind('@');
  // Does a parameter hold an "@" or the password a "?"? Better show nothing.
  if (at != std::string_view::npos && at > query)
    return {};
  rest = rest.substr(0, query);
  if (at != std::string_view::npos)
    rest.remove_prefix(at + 1);
  return has_only_ports(rest.substr(0, rest.find('/'))) ? rest
                                                        : std::string_view{};
}

caf::expected<store_ptr> open_sqlite_url(const store_options& options,
                                         std::string_view path,
                                         time_source now) {
  if (starts_with(path, "///"))
    path.remove_prefix(2);
  if (path.empty())
    return invalid_url("names no file: must be sqlite:FILE");
  if (starts_with(path, "//"))
    return invalid_url("must be sqlite:FILE or sqlite:///ABSOLUTE/FILE: SQLite "
                       "has no hosts");
  if (path == ":memory:")
    return invalid_url("must name a file: for a store in memory use memory:");
  if (path.find('\0') != std::string_view::npos)
    return invalid_url("holds a NUL");
  return open_sqlite_store(std::string{path}, options, std::move(now));
}

} // namespace

timestamp system_time() {
  return std::chrono::floor<timestamp::duration>(
    std::chrono::system_clock::now());
}

caf::expected<store_ptr> open_store(const store_options& options,
                                    time_source now) {
  if (auto err = check(options))
    return err;
  if (!now)
    now = system_time;
  std::string_view url = options.url;
  if (starts_with(url, memory_scheme))
    return open_memory_store(std::string{url.substr(memory_scheme.size())},
                             options.prefix, std::move(now));
  if (starts_with(url, sqlite_scheme))
    return open_sqlite_url(options, url.substr(sqlite_scheme.size()),
                           std::move(now));
  for (auto scheme : postgres_schemes)
    if (starts_with(url, scheme))
      return open_postgres_store(options);
  return invalid_url("must begin with sqlite:, postgresql:// or memory:");
}

std::shared_ptr<void> hold_store(const store_options& options) {
  std::string_view url = options.url;
  if (!starts_with(url, memory_scheme))
    return nullptr;
  return hold_memory_store(std::string{url.substr(memory_scheme.size())},
                           options.prefix);
}

connection_use useful_connections(const store_options& options) {
  std::string_view url = options.url;
  if (starts_with(url, memory_scheme))
    return connection_use::one;
  if (starts_with(url, sqlite_scheme))
    return connection_use::one_and_reports;
  return connection_use::per_role;
}

std::string redacted(const std::string& url) {
  if (starts_with(url, memory_scheme) || starts_with(url, sqlite_scheme))
    return url;
  for (auto scheme : postgres_schemes) {
    if (!starts_with(url, scheme))
      continue;
    std::string result{scheme};
    result += public_part(std::string_view{url}.substr(scheme.size()));
    return result;
  }
  return "unknown:"; // whatever it is, it may hold a password
}

} // namespace inbox
