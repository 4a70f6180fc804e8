#pragma once

#include <string>
#include <vector>

namespace flow {

/// A text that somebody means harm with, or that few have thought of.
struct hostile_text {
  const char* what;
  std::string text;
  /// Whether it is UTF-8 without a NUL: goes through where a text may be.
  bool is_text;

  /// Whether it may also be a type, a key, or the name of a header.
  [[nodiscard]] bool is_name() const {
    return is_text && !text.empty() && text.size() <= 255;
  }
};

[[nodiscard]] const std::vector<hostile_text>& hostile_texts();

} // namespace flow
