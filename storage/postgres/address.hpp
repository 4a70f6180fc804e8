#pragma once

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace inbox::postgres {

/// A PostgreSQL URL that was looked through: libpq can read it, and what must
/// not appear in any text is known.
class address {
public:
  /// Checks the form of `url`; connects to nothing. The error names
  /// "options.store.url" and quotes no part of it.
  [[nodiscard]] static caf::expected<address> parse(const std::string& url);

  [[nodiscard]] const std::string& url() const noexcept {
    return url_;
  }

  /// Adds a password that comes from elsewhere: a file or the environment.
  void add_secret(std::string_view secret);

  /// Returns `message` with "***" in place of each secret, also of one that is
  /// percent-encoded.
  [[nodiscard]] std::string censored(std::string_view message) const;

private:
  std::string url_;
  std::vector<std::string> secrets_;
};

} // namespace inbox::postgres
