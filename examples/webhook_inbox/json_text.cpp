#include "json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace {

/// Walks over JSON that is known to be valid, so that it needs no checks but
/// for the end of the text.
class walker {
public:
  explicit walker(std::string_view text) : text_{text} {
    // nop
  }

  /// Skips white space, and returns the character behind it, or NUL.
  char next() {
    while (now() == ' ' || now() == '\t' || now() == '\r' || now() == '\n')
      ++at_;
    return now();
  }

  void skip_one() {
    ++at_;
  }

  std::string_view take_string() {
    auto begin = at_++;
    while (at_ < text_.size() && now() != '"')
      at_ += now() == '\\' ? 2 : 1;
    ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string_view take_value() {
    auto begin = at_;
    if (now() == '"')
      return take_string();
    if (now() == '{' || now() == '[')
      skip_nested();
    else
      at_ = std::min(text_.find_first_of(",} \t\r\n", at_), text_.size());
    return text_.substr(begin, at_ - begin);
  }

private:
  char now() const {
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void skip_nested() {
    size_t depth = 0;
    do {
      auto c = now();
      if (c == '"') {
        take_string();
        continue;
      }
      if (c == '{' || c == '[')
        ++depth;
      else if (c == '}' || c == ']')
        --depth;
      ++at_;
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// Compares as a parser does: a name may be written with escapes.
bool is_name(std::string_view text, std::string_view name) {
  return nlohmann::json::parse(text).get_ref<const std::string&>() == name;
}

} // namespace

std::string_view member_text(std::string_view object, std::string_view name) {
  std::string_view result;
  walker at{object};
  at.next();
  at.skip_one(); // the brace
  while (at.next() == '"') {
    auto found = at.take_string();
    at.next();
    at.skip_one(); // the colon
    at.next();
    auto value = at.take_value();
    if (is_name(found, name))
      result = value;
    at.next();
    at.skip_one(); // a comma, or the last brace
  }
  return result;
}
