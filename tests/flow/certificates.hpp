#pragma once

#include "app.hpp"

#include <filesystem>
#include <string>

namespace flow {

/// Certificates of an authority that nobody else has, in a folder that is gone
/// at the end.
class certificates {
public:
  certificates();

  ~certificates();

  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;

  /// Returns what has a node show a certificate of this authority, and take
  /// only such.
  [[nodiscard]] loader node() const;

  /// Likewise, but the node shows a certificate of `other`.
  [[nodiscard]] loader stranger(const certificates& other) const;

  [[nodiscard]] std::string path(const std::string& file) const;

private:
  std::filesystem::path folder_;
};

} // namespace flow
