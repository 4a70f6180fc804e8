#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inbox::postgres {

/// The text of an SQL statement with the names of one inbox's tables, and the
/// name under which a server keeps it once it is prepared.
class statement {
public:
  /// Puts `prefix` wherever `text` has "{p}". The prefix has passed `check`:
  /// it is the only part of any statement that is not constant.
  statement(std::string_view text, std::string_view prefix);

  /// Takes a text of the application as it is.
  [[nodiscard]] static statement verbatim(const std::string& text) {
    return statement{text, "{p}"};
  }

  [[nodiscard]] const std::string& text() const noexcept {
    return text_;
  }

  /// Depends on the text and nothing else: whoever prepared a statement of this
  /// name on a connection that several clients share, it is the same statement.
  [[nodiscard]] const std::string& name() const noexcept {
    return name_;
  }

private:
  std::string text_;
  std::string name_;
};

/// Returns a number for a text that is the same in every process.
[[nodiscard]] uint64_t stable_hash(std::string_view text) noexcept;

} // namespace inbox::postgres
