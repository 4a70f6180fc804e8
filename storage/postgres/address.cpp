#include "address.hpp"

#include "../../messages/error.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace inbox::postgres {

namespace {

struct conninfo_deleter {
  void operator()(PQconninfoOption* xs) const noexcept {
    PQconninfoFree(xs);
  }
};

caf::error bad_url(std::string text) {
  return make_error(errc::invalid, "options.store.url", std::move(text));
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
  if (rest[i] == '?') {
    auto next = rest.find_first_of("@/", i);
    return next == none || rest[next] == '/';
  }
  return rest.substr(0, rest.find('?', i)).find('@', i + 1) == none;
}

bool is_port(std::string_view text) {
  return text.empty()
         || (text.size() <= 5
             && std::all_of(text.begin(), text.end(),
                            [](char c) { return c >= '0' && c <= '9'; })
             && std::atoi(std::string{text}.c_str()) > 0
             && std::atoi(std::string{text}.c_str()) <= 65535);
}

/// Checks "5432" and, for several hosts, "5432,5433".
bool are_ports(std::string_view text) {
  auto comma = text.find(',');
  if (!is_port(text.substr(0, comma)))
    return false;
  return comma == std::string_view::npos || are_ports(text.substr(comma + 1));
}

} // namespace

caf::expected<address> address::parse(const std::string& url) {
  std::string_view view = url;
  if (view.substr(0, 13) != "postgresql://"
      && view.substr(0, 11) != "postgres://")
    return bad_url("must begin with postgresql://");
  if (view.find('\0') != std::string_view::npos)
    return bad_url("holds a NUL");
  if (!is_clear(view.substr(view.find("://") + 3)))
    return bad_url("has a '@', '/' or '?' in user, password or database that "
                   "is not percent-encoded");
  // libpq's own explanation quotes the part that it does not understand, which
  // may well be the password.
  std::unique_ptr<PQconninfoOption[], conninfo_deleter> parts{
    PQconninfoParse(url.c_str(), nullptr)};
  if (!parts)
    return bad_url("is not of the form "
                   "postgresql://user:password@host:port/database?name=value");
  address result;
  result.url_ = url;
  for (auto* part = parts.get(); part->keyword != nullptr; ++part) {
    std::string_view name = part->keyword;
    if (part->val == nullptr)
      continue;
    if (name == "password" || name == "sslpassword")
      result.add_secret(part->val);
    else if (name == "port" && !are_ports(part->val))
      return bad_url("has a port that is none");
  }
  return result;
}

void address::add_secret(std::string_view secret) {
  if (!secret.empty())
    secrets_.emplace_back(secret);
}

std::string address::censored(std::string message) const {
  for (auto& secret : secrets_)
    if (message.find(secret) != std::string::npos)
      return "the message is not shown: it has the password in it";
  return message;
}

} // namespace inbox::postgres
