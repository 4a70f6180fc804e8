#include "../../messages/outcome.hpp"
#include "../../messages/utf8.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;
using namespace std::string_literals;

namespace {

struct sequence {
  std::string text;
  size_t length;
};

// Boundaries of every class of lead byte, as the Unicode standard has them.
const sequence sequences[] = {
  {"", 0},
  {"a", 1},
  {"\0"s, 1},
  {"\x7F", 1},
  {"\x80", 0},
  {"\xBF", 0},
  {"\xC0\x80", 0},
  {"\xC1\xBF", 0},
  {"\xC2\x80", 2},
  {"\xDF\xBF", 2},
  {"\xC2", 0},
  {"\xC2\x7F", 0},
  {"\xC2\xC0", 0},
  {"\xE0\xA0\x80", 3},
  {"\xE0\x9F\xBF", 0},
  {"\xE1\x80\x80", 3},
  {"\xEC\xBF\xBF", 3},
  {"\xED\x9F\xBF", 3},
  {"\xED\xA0\x80", 0},
  {"\xED\xBF\xBF", 0},
  {"\xEE\x80\x80", 3},
  {"\xEF\xBF\xBF", 3},
  {"\xE1\x80", 0},
  {"\xE1\x80\x7F", 0},
  {"\xF0\x90\x80\x80", 4},
  {"\xF0\x8F\xBF\xBF", 0},
  {"\xF1\x80\x80\x80", 4},
  {"\xF3\xBF\xBF\xBF", 4},
  {"\xF4\x8F\xBF\xBF", 4},
  {"\xF4\x90\x80\x80", 0},
  {"\xF0\x90\x80", 0},
  {"\xF0\x90\x80\xC0", 0},
  {"\xF5\x80\x80\x80", 0},
  {"\xFE", 0},
  {"\xFF", 0},
};

} // namespace

CAF_TEST(sequences of UTF8 have a length and others have none) {
  for (auto& [text, length] : sequences) {
    CAF_CHECK_EQUAL(utf8_sequence(text), length);
    // What follows does not matter.
    if (length > 0)
      CAF_CHECK_EQUAL(utf8_sequence(text + "\xFF"), length);
  }
}

CAF_TEST(a text is UTF8 without NUL) {
  CAF_CHECK(is_text(""));
  CAF_CHECK(is_text("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x93\xAC"));
  CAF_CHECK(!is_text("\0"s));
  CAF_CHECK(!is_text("a\0b"s));
  CAF_CHECK(!is_text("a\xC3"));
  CAF_CHECK(!is_text("\xC3("
                     "b"));
  for (auto& [text, length] : sequences)
    if (!text.empty() && text != "\0"s)
      CAF_CHECK_EQUAL(is_text("a" + text), length > 0);
}

CAF_TEST(a storable message is a text of limited length) {
  CAF_CHECK_EQUAL(storable(""), "");
  CAF_CHECK_EQUAL(storable("\xE2\x82\xAC 5"), "\xE2\x82\xAC 5");
  CAF_CHECK_EQUAL(storable("a\0b\xFF"
                           "c\xE2\x82"s),
                  "a?b?c??");
  auto full = std::string(max_message_bytes, 'x');
  CAF_CHECK_EQUAL(storable(full), full);
  CAF_CHECK_EQUAL(storable(full + "y"), full);
}

CAF_TEST(a storable message does not end within a character) {
  for (size_t room : {0u, 1u, 2u, 3u, 4u}) {
    for (std::string last :
         {"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x93\xAC", "\xFF"}) {
      auto head = std::string(max_message_bytes - room, 'x');
      auto result = storable(head + last + last);
      CAF_CHECK(is_text(result));
      CAF_CHECK_LESS_OR_EQUAL(result.size(), max_message_bytes);
      CAF_CHECK_EQUAL(result.substr(0, head.size()), head);
      if (last.size() <= room && last != "\xFF")
        CAF_CHECK_EQUAL(result.substr(head.size(), last.size()), last);
    }
  }
}

CAF_TEST(every message can be stored) {
  std::string all;
  for (int i = 0; i < 256; ++i)
    for (int j = 0; j < 256; j += 5)
      all += {static_cast<char>(i), static_cast<char>(j)};
  for (size_t i = 0; i + 7 < all.size(); i += 7)
    CAF_REQUIRE(is_text(storable(all.substr(i))));
}

CAF_TEST(outcomes are made by name) {
  CAF_CHECK_EQUAL(done(), outcome{});
  CAF_CHECK_EQUAL(failed("x"), (outcome{verdict::failed, "x", {}}));
  CAF_CHECK_EQUAL(dead("x"), (outcome{verdict::dead, "x", {}}));
  auto wait = std::chrono::seconds{5};
  CAF_CHECK_EQUAL(snoozed(wait), (outcome{verdict::snoozed, "", wait}));
}
