#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace inbox::fuzz {

/// What a fuzz target defines: takes any input, and ends the program, by itself
/// or by a sanitizer, only if a guarantee of the product does not hold.
void run(std::string_view input);

/// Ends the program with a message unless `ok`.
void require(bool ok, const char* what);

/// Tells whether `text` has `part` in it. An empty one is nowhere.
[[nodiscard]] bool holds(std::string_view text, std::string_view part);

/// Takes values from the front of an input. All are zero or empty at its end.
class source {
public:
  explicit source(std::string_view rest) : rest_(rest) {
    // nop
  }

  [[nodiscard]] bool empty() const noexcept {
    return rest_.empty();
  }

  uint8_t byte();

  /// The most significant byte comes first.
  int64_t integer(size_t bytes);

  std::string_view bytes(size_t count);

  /// Returns what stands before the next line feed, which is skipped.
  std::string_view line();

  std::string_view rest();

private:
  std::string_view rest_;
};

} // namespace inbox::fuzz
