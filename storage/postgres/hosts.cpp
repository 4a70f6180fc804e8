#include "hosts.hpp"

#include "conninfo.hpp"

#include "../store_url.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace inbox::postgres {

namespace {

/// What libpq makes of a URL and the environment.
class parameters {
public:
  explicit parameters(const std::string& url)
    : given_(PQconninfoParse(url.c_str(), nullptr)),
      defaults_(PQconndefaults()) {
    // nop
  }

  /// Returns a value, empty if there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const {
    auto given = given_value(name);
    return given.empty() ? value_in(defaults_, name) : given;
  }

  [[nodiscard]] std::string_view given_value(std::string_view name) const {
    return value_in(given_, name);
  }

  /// Returns what libpq takes for a port that a list leaves out.
  [[nodiscard]] std::string default_port() const {
    for (auto* x = defaults_.get(); x != nullptr && x->keyword != nullptr; ++x)
      if (x->keyword == std::string_view{"port"} && x->compiled != nullptr)
        return x->compiled;
    return {};
  }

private:
  static std::string_view value_in(const conninfo& in, std::string_view name) {
    for (auto* x = in.get(); x != nullptr && x->keyword != nullptr; ++x)
      if (name == x->keyword && x->val != nullptr)
        return x->val;
    return {};
  }

  conninfo given_;
  conninfo defaults_;
};

/// Returns the parts of "a,b"; one empty part of an empty text.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> result;
  for (;;) {
    auto comma = list.find(',');
    result.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos)
      return result;
    list.remove_prefix(comma + 1);
  }
}

/// Tells whether the URL wants what an inbox cannot work on.
bool wants_reader(std::string_view attributes) {
  return attributes == "read-only" || attributes == "standby"
         || attributes == "prefer-standby";
}

} // namespace

caf::expected<host_list> hosts_of(const std::string& url) {
  parameters from{url};
  if (wants_reader(from.get("target_session_attrs")))
    return invalid_url(
      "has a target_session_attrs that asks for a server which "
      "only reads: an inbox writes");
  host_list result;
  if (!from.given_value("service").empty()) {
    result.hosts.emplace_back();
    return result;
  }
  auto names = split(from.get("host"));
  auto addresses = split(from.get("hostaddr"));
  auto ports = split(from.get("port"));
  auto n = from.get("hostaddr").empty() ? names.size() : addresses.size();
  auto fits = [n](const std::vector<std::string>& xs) {
    return xs.size() == n || (xs.size() == 1 && xs.front().empty());
  };
  if (!fits(names) || !fits(addresses) || (!fits(ports) && ports.size() != 1))
    return invalid_url(
      "has another number of hosts than of addresses or ports");
  auto nth = [](const std::vector<std::string>& xs, size_t i) {
    return xs.size() == 1 ? xs.front() : xs[i];
  };
  for (size_t i = 0; i < n; ++i) {
    auto port = nth(ports, i);
    if (port.empty() && n > 1)
      port = from.default_port();
    result.hosts.push_back({nth(names, i), nth(addresses, i), std::move(port)});
  }
  result.shuffled = from.get("load_balance_hosts") == "random";
  return result;
}

std::string to_string(const host& x) {
  auto result = x.name;
  if (!x.address.empty() && x.address != x.name)
    result += result.empty() ? x.address : " (" + x.address + ")";
  if (result.empty())
    result = "the server";
  return x.port.empty() ? result : result + " port " + x.port;
}

} // namespace inbox::postgres
