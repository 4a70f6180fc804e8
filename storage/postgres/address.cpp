#include "address.hpp"

#include "conninfo.hpp"
#include "parameters.hpp"

#include "../store_url.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace inbox::postgres {

namespace {

bool is_port(std::string_view text) {
  return text.empty()
         || (text.size() <= 5
             && std::all_of(text.begin(), text.end(),
                            [](char c) { return c >= '0' && c <= '9'; })
             && std::atoi(std::string{text}.c_str()) > 0
             && std::atoi(std::string{text}.c_str()) <= 65535);
}

/// Tells whether a list of hosts can be no user and the beginning of a
/// password: nothing has a colon but one host, whose port is given.
bool names_no_password(std::string_view hosts) {
  auto colon = hosts.find(':');
  return colon == std::string_view::npos
         || (colon + 1 < hosts.size() && is_port(hosts.substr(colon + 1)));
}

/// Tells whether libpq finds user, password, host and path of the text behind
/// "://" where they were meant to be. It would take a part of a password that
/// has a raw "@", "/" or "?" for a host or a port, and quote that when it
/// cannot reach it.
bool is_clear(std::string_view rest) {
  constexpr auto none = std::string_view::npos;
  auto i = rest.find_first_of("@/?");
  if (i == none)
    return true;
  if (rest[i] == '@')
    return rest.find('@', i + 1) == none;
  // libpq sees no user here.
  auto at = rest.find('@', i);
  if (at == none)
    return true;
  auto query = rest.find('?');
  auto path = rest.find('/');
  return at > query && at > path && names_no_password(rest.substr(0, i));
}

/// Tells whether what begins with "[" in the list of hosts is an address in
/// brackets. libpq looks for its end in all that follows, parameters included.
bool has_closed_brackets(std::string_view rest) {
  constexpr auto none = std::string_view::npos;
  if (auto i = rest.find_first_of("@/"); i != none && rest[i] == '@')
    rest.remove_prefix(i + 1);
  for (;;) {
    if (!rest.empty() && rest.front() == '[') {
      auto end = rest.find_first_of("],/?@");
      if (end == none || rest[end] != ']')
        return false;
    }
    auto next = rest.find_first_of(",/?");
    if (next == none || rest[next] != ',')
      return true;
    rest.remove_prefix(next + 1);
  }
}

/// Checks "5432" and, for several hosts, "5432,5433".
bool are_ports(std::string_view text) {
  auto comma = text.find(',');
  if (!is_port(text.substr(0, comma)))
    return false;
  return comma == std::string_view::npos || are_ports(text.substr(comma + 1));
}

/// Tells whether a parameter has an "@" where none belongs: in an address, or
/// in a list of hosts anywhere but at its beginning, which is that of a socket
/// without a file.
bool holds_at(std::string_view name, std::string_view value) {
  return (name == "hostaddr" && value.find('@') != std::string_view::npos)
         || (name == "host" && value.find('@', 1) != std::string_view::npos);
}

int digit(char c) {
  auto digits = std::string_view{"0123456789abcdef"};
  auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  auto i = digits.find(lower);
  return i == std::string_view::npos ? -1 : static_cast<int>(i);
}

/// Tells whether `text` begins with the percent-encoded form of `c`.
bool is_encoded(std::string_view text, char c) {
  auto value = static_cast<unsigned char>(c);
  return text.size() >= 3 && text[0] == '%' && digit(text[1]) == value / 16
         && digit(text[2]) == value % 16;
}

/// Returns how many bytes `text` begins with that stand for the secret, of
/// which any byte may be encoded. A "%" in it is taken for what is preferred.
size_t length_at(std::string_view text, std::string_view secret,
                 bool prefer_encoded) {
  size_t result = 0;
  for (auto c : secret) {
    auto rest = text.substr(result);
    auto plain = !rest.empty() && rest.front() == c;
    auto encoded = is_encoded(rest, c);
    if (!plain && !encoded)
      return 0;
    result += encoded && (prefer_encoded || !plain) ? 3 : 1;
  }
  return result;
}

} // namespace

caf::expected<address> address::parse(const std::string& url) {
  std::string_view view = url;
  if (view.substr(0, 13) != "postgresql://"
      && view.substr(0, 11) != "postgres://")
    return invalid_url("must begin with postgresql://");
  if (view.find('\0') != std::string_view::npos)
    return invalid_url("holds a NUL");
  auto rest = view.substr(view.find("://") + 3);
  if (!is_clear(rest))
    return invalid_url("has a '@', '/' or '?' in user, password, database or "
                       "parameter that is not percent-encoded");
  if (!has_closed_brackets(rest))
    return invalid_url("has a host that begins with a '[' and is no address in "
                       "brackets");
  // libpq's own explanation quotes the part that it does not understand, which
  // may well be the password.
  conninfo parts{PQconninfoParse(url.c_str(), nullptr)};
  if (!parts)
    return invalid_url(
      "is not of the form "
      "postgresql://user:password@host:port/database?name=value");
  if (auto i = view.find('?'); i != std::string_view::npos)
    if (auto err = check_names(view.substr(i + 1)))
      return err;
  if (auto err = check_values(parts.get()))
    return err;
  address result;
  result.url_ = url;
  for (auto* part = parts.get(); part->keyword != nullptr; ++part) {
    std::string_view name = part->keyword;
    if (part->val == nullptr)
      continue;
    if (name == "password" || name == "sslpassword")
      result.add_secret(part->val);
    else if (name == "port" && !are_ports(part->val))
      return invalid_url("has a port that is none");
    // A password such as "1/?host=2" has made these of itself and its "@".
    else if (holds_at(name, part->val))
      return invalid_url("has a host with a '@'");
  }
  return result;
}

void address::add_secret(std::string_view secret) {
  if (!secret.empty())
    secrets_.emplace_back(secret);
}

std::string address::censored(std::string_view message) const {
  // Marked first: one secret may begin within another.
  std::vector<bool> hidden(message.size(), false);
  for (auto& secret : secrets_)
    for (size_t i = 0; i < message.size(); ++i) {
      auto rest = message.substr(i);
      std::fill_n(hidden.begin() + static_cast<ptrdiff_t>(i),
                  std::max(length_at(rest, secret, false),
                           length_at(rest, secret, true)),
                  true);
    }
  std::string result;
  for (size_t i = 0; i < message.size(); ++i) {
    if (!hidden[i])
      result += message[i];
    else if (i == 0 || !hidden[i - 1])
      result += "***";
  }
  return result;
}

} // namespace inbox::postgres
