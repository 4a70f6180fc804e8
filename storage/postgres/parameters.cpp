#include "parameters.hpp"

#include "../store_url.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <strings.h>

namespace inbox::postgres {

namespace {

/// The words that a parameter may be, up to the first null.
struct choice {
  std::string_view name;
  const char* words[7];
};

constexpr choice choices[] = {
  {"sslmode",
   {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}},
  {"gssencmode", {"disable", "prefer", "require"}},
  {"channel_binding", {"disable", "prefer", "require"}},
  {"sslcertmode", {"disable", "allow", "require"}},
  {"load_balance_hosts", {"disable", "random"}},
  {"target_session_attrs",
   {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}},
};

constexpr std::string_view integers[] = {
  "connect_timeout",     "keepalives",       "keepalives_idle",
  "keepalives_interval", "keepalives_count", "tcp_user_timeout",
};

// From old to new.
constexpr const char* tls_versions[] = {"", "TLSv1", "TLSv1.1", "TLSv1.2",
                                        "TLSv1.3"};

bool is_one_of(const choice& x, std::string_view value) {
  for (auto* word : x.words)
    if (word != nullptr && value == word)
      return true;
  return false;
}

bool is_integer(const char* value) {
  errno = 0;
  char* end = nullptr;
  auto number = std::strtol(value, &end, 10);
  if (end == value || errno != 0 || number > std::numeric_limits<int>::max()
      || number < std::numeric_limits<int>::min())
    return false;
  return std::string_view{end}.find_first_not_of(" \f\n\r\t\v")
         == std::string_view::npos;
}

/// Returns the position of a version, -1 if it is none.
ptrdiff_t version_of(const char* value) {
  auto i = std::find_if(std::begin(tls_versions), std::end(tls_versions),
                        [value](auto* x) { return strcasecmp(x, value) == 0; });
  return i == std::end(tls_versions) ? -1 : i - std::begin(tls_versions);
}

bool is_good(std::string_view name, const char* value) {
  for (auto& x : choices)
    if (name == x.name)
      return is_one_of(x, value);
  if (std::find(std::begin(integers), std::end(integers), name)
      != std::end(integers))
    return is_integer(value);
  if (name == "ssl_min_protocol_version" || name == "ssl_max_protocol_version")
    return version_of(value) >= 0;
  return true;
}

/// Decodes "%6D"; what is cut off there stays as it is.
std::string decoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    auto digits = std::string{text.substr(i, 3)};
    char* end = nullptr;
    if (digits.size() == 3 && digits[0] == '%') {
      auto byte = std::strtol(digits.c_str() + 1, &end, 16);
      if (end == digits.c_str() + 3) {
        result += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    result += text[i];
  }
  return result;
}

} // namespace

caf::error check_names(std::string_view query) {
  std::set<std::string> seen;
  while (!query.empty()) {
    auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (!seen.insert(decoded(part.substr(0, part.find('=')))).second)
      return invalid_url("has a parameter twice");
  }
  return {};
}

caf::error check_values(const PQconninfoOption* parts) {
  ptrdiff_t oldest = 0;
  ptrdiff_t newest = 0;
  for (auto* x = parts; x->keyword != nullptr; ++x) {
    std::string_view name = x->keyword;
    if (x->val == nullptr)
      continue;
    if (!is_good(name, x->val))
      return invalid_url("has a value of " + std::string{name}
                         + " that cannot be one");
    if (name == "ssl_min_protocol_version")
      oldest = version_of(x->val);
    else if (name == "ssl_max_protocol_version")
      newest = version_of(x->val);
  }
  if (newest > 0 && oldest > newest)
    return invalid_url("has an ssl_min_protocol_version above "
                       "ssl_max_protocol_version");
  return {};
}

} // namespace inbox::postgres
