// Store URLs: one line is the URL as it is; more are the parts of one that has
// a password, which must then be in no text.

#include "fuzz.hpp"

#include "../../messages/error.hpp"
#include "../../storage/open_store.hpp"
#include "../../storage/postgres/address.hpp"
#include "../../storage/postgres/conninfo.hpp"
#include "../../storage/postgres/hosts.hpp"
#include "../../storage/store_url.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace inbox::fuzz {

namespace {

constexpr std::string_view secret = "Zq9X7w";

/// Returns the text that a percent-encoded one stands for.
std::string decoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    auto hex
      = std::string{text.substr(i + 1, std::min<size_t>(2, text.size()))};
    char* end = nullptr;
    auto code = std::strtoul(hex.c_str(), &end, 16);
    if (text[i] == '%' && hex.size() == 2 && std::isxdigit(hex[0]) != 0
        && *end == '\0') {
      result += static_cast<char>(code);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

caf::error checked(caf::error err) {
  require(code_of(err) == errc::invalid, "a bad URL is invalid");
  require(field_of(err) == "options.store.url", "the error names the field");
  return err;
}

/// Returns all that is ever said about `url`.
std::string texts_about(const std::string& url) {
  auto result = redacted(url);
  auto add = [&result](const std::string& text) { result += "\n" + text; };
  auto read = read_store_url(url);
  if (!read) {
    add(describe(checked(read.error())));
    return result;
  }
  if (read->kind != store_kind::postgres)
    return result;
  auto to = postgres::address::parse(url);
  if (!to) {
    add(describe(checked(to.error())));
    return result;
  }
  auto found = postgres::hosts_of(url);
  if (!found) {
    add(describe(checked(found.error())));
    return result;
  }
  require(!found->hosts.empty(), "a good URL stands for a server");
  for (auto& x : found->hosts)
    add(to_string(x));
  return result;
}

/// Puts the secret where the parts want it, and looks for it.
void check_parts(std::string_view input) {
  source in{input};
  std::string_view parts[7]; // scheme, user, before, after, host, path, query
  for (auto& part : parts) {
    part = in.line();
    if (holds(decoded(part), secret))
      return;
  }
  auto [scheme, user, before, after, host, path, query] = parts;
  auto in_query = holds(scheme, "?");
  // There, an "&" ends the password; elsewhere, one that looks like parameters
  // cannot be told from them.
  if (holds(before, "&") || holds(after, "&"))
    if (in_query || holds(user, "?") || holds(before, "?"))
      return;
  std::string url = holds(scheme, "p:") ? "postgres://" : "postgresql://";
  auto password = std::string{before} + std::string{secret}
                  + std::string{after};
  url += user;
  if (!in_query)
    url += ":" + password;
  if (!user.empty() || !in_query)
    url += '@';
  url += host;
  if (!path.empty())
    url += "/" + std::string{path};
  if (in_query)
    url += holds(scheme, "s") ? "?sslpassword=" + password
                              : "?password=" + password;
  if (!query.empty())
    url += (in_query ? "&" : "?") + std::string{query};
  require(!holds(texts_about(url), secret), "no text has the password");
  require(!holds(decoded(texts_about(url)), secret),
          "no text has the password in another form");
}

/// Returns the password that libpq finds.
std::string password_in(const std::string& url) {
  postgres::conninfo parts{PQconninfoParse(url.c_str(), nullptr)};
  for (auto* x = parts.get(); x != nullptr && x->keyword != nullptr; ++x)
    if (x->val != nullptr && x->keyword == std::string_view{"password"})
      return x->val;
  return {};
}

void check_postgres(const std::string& url) {
  auto to = postgres::address::parse(url);
  if (!to)
    return;
  require(to->url() == url, "the URL stays as it is");
  auto password = password_in(url);
  // The stars that stand for a password could be taken for one.
  if (password.empty() || holds(password, "*"))
    return;
  for (auto& message : {url, decoded(url), "x" + password + password})
    require(!holds(to->censored(message), password),
            "no message has the password");
  require(!holds(decoded(to->censored(url)), password),
          "no message has the password in another form");
}

void check_url(const std::string& url) {
  store_options options;
  options.url = url;
  auto read = read_store_url(url);
  texts_about(url);
  auto use = useful_connections(options);
  auto held = hold_store(options);
  if (!read) {
    require(held == nullptr, "a bad URL has no data");
    return;
  }
  switch (read->kind) {
    case store_kind::memory:
      require(held && use == connection_use::one, "memory is used by one");
      require(url == "memory:" + read->place, "memory stores have any name");
      break;
    case store_kind::sqlite:
      require(!held && use == connection_use::one_and_reports,
              "SQLite has one writer");
      require(!read->place.empty() && read->place != ":memory:"
                && read->place.rfind("//", 0) != 0
                && read->place.find('\0') == std::string::npos,
              "SQLite has a file");
      break;
    default:
      require(!held && use == connection_use::per_role,
              "PostgreSQL has many connections");
      check_postgres(url);
  }
}

} // namespace

void run(std::string_view input) {
  if (holds(input, "\n"))
    check_parts(input);
  else
    check_url(std::string{input});
}

} // namespace inbox::fuzz
