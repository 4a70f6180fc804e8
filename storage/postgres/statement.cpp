#include "statement.hpp"

namespace inbox::postgres {

namespace {

constexpr std::string_view placeholder = "{p}";

std::string hex(uint64_t x) {
  std::string result;
  for (auto shift = 60; shift >= 0; shift -= 4)
    result += "0123456789abcdef"[(x >> shift) & 0xF];
  return result;
}

} // namespace

statement::statement(std::string_view text, std::string_view prefix) {
  for (auto i = text.find(placeholder); i != std::string_view::npos;
       i = text.find(placeholder)) {
    text_ += text.substr(0, i);
    text_ += prefix;
    text.remove_prefix(i + placeholder.size());
  }
  text_ += text;
  name_ = "caf_inbox_" + hex(stable_hash(text_));
}

uint64_t stable_hash(std::string_view text) noexcept {
  uint64_t result = 14695981039346656037u; // FNV-1a
  for (auto c : text)
    result = (result ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return result;
}

} // namespace inbox::postgres
