#pragma once

#include <cstddef>
#include <string_view>

namespace inbox {

/// Returns the length in bytes of the UTF-8 sequence that begins `text`, or 0
/// if `text` is empty or begins with none: overlong forms, surrogates and code
/// points above U+10FFFF are none, as PostgreSQL has it.
[[nodiscard]] size_t utf8_sequence(std::string_view text) noexcept;

/// Tells whether all of `text` is UTF-8 without NUL, which neither PostgreSQL's
/// text nor a C string can hold.
[[nodiscard]] bool is_text(std::string_view text) noexcept;

} // namespace inbox
