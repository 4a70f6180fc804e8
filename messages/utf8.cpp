#include "utf8.hpp"

namespace inbox {

namespace {

bool within(unsigned char byte, unsigned low, unsigned high) noexcept {
  return byte >= low && byte <= high;
}

} // namespace

size_t utf8_sequence(std::string_view text) noexcept {
  auto at = [text](size_t i) -> unsigned char {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  auto tail = [&at](size_t i) { return within(at(i), 0x80, 0xBF); };
  if (text.empty())
    return 0;
  if (at(0) < 0x80)
    return 1;
  if (within(at(0), 0xC2, 0xDF))
    return tail(1) ? 2 : 0;
  if (within(at(0), 0xE0, 0xEF)) {
    // E0 would be overlong below A0, ED a surrogate above 9F.
    auto low = at(0) == 0xE0 ? 0xA0u : 0x80u;
    auto high = at(0) == 0xED ? 0x9Fu : 0xBFu;
    return within(at(1), low, high) && tail(2) ? 3 : 0;
  }
  if (within(at(0), 0xF0, 0xF4)) {
    // F0 would be overlong below 90, F4 above U+10FFFF above 8F.
    auto low = at(0) == 0xF0 ? 0x90u : 0x80u;
    auto high = at(0) == 0xF4 ? 0x8Fu : 0xBFu;
    return within(at(1), low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool is_text(std::string_view text) noexcept {
  while (!text.empty()) {
    auto n = utf8_sequence(text);
    if (n == 0 || text.front() == '\0')
      return false;
    text.remove_prefix(n);
  }
  return true;
}

} // namespace inbox
