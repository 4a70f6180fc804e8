#include "store_url.hpp"

#include "../messages/error.hpp"

#include <string_view>

namespace inbox {

namespace {

constexpr std::string_view memory_scheme = "memory:";
constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::string_view postgres_schemes[] = {"postgresql://",
                                                 "postgres://"};

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
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

/// Checks what stands behind "sqlite:".
caf::expected<store_url> read_sqlite_path(std::string_view path) {
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
  return store_url{store_kind::sqlite, std::string{path}};
}

} // namespace

caf::error invalid_url(std::string text) {
  return make_error(errc::invalid, "options.store.url", std::move(text));
}

caf::expected<store_url> read_store_url(std::string_view url) {
  if (starts_with(url, memory_scheme))
    return store_url{store_kind::memory,
                     std::string{url.substr(memory_scheme.size())}};
  if (starts_with(url, sqlite_scheme))
    return read_sqlite_path(url.substr(sqlite_scheme.size()));
  for (auto scheme : postgres_schemes)
    if (starts_with(url, scheme))
      return store_url{store_kind::postgres, std::string{url}};
  return invalid_url("must begin with sqlite:, postgresql:// or memory:");
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
