#include "hostile_texts.hpp"

namespace flow {

const std::vector<hostile_text>& hostile_texts() {
  using namespace std::string_literals;
  static const std::vector<hostile_text> result{
    {"empty", "", true},
    {"longest name", std::string(255, 'n'), true},
    {"too long a name", std::string(256, 'n'), true},
    {"longest name of wide characters",
     "x" +
       [] {
         std::string s;
         for (int i = 0; i < 127; ++i)
           s += "\xC3\xA4";
         return s;
       }(),
     true},
    {"SQL", "'; drop table inbox_event; --", true},
    {"SQL in double quotes", "\"; delete from inbox_delivery; --", true},
    {"dollar quotes", "$$ $1 $q$ $q$", true},
    {"a backslash at the end", "\\", true},
    {"escapes", "\\x00 \\000 \\u0000 \\N", true},
    {"patterns", "% _ * ? [a-z] .*", true},
    {"an array", "{a,NULL,\"b\"}", true},
    {"JSON", "{\"$ref\": [null, \"\\u0000\"]}", true},
    {"formats", "%s %n {} {0} ${x} $(x) `x`", true},
    {"line ends", "a\r\nb: c\x1b[2J\x7f", true},
    {"only spaces", "   ", true},
    {"NULL", "NULL", true},
    // Not characters, but valid code points all the same.
    {"a byte order mark", "\xEF\xBB\xBFx", true},
    {"noncharacters", "\xEF\xBF\xBF \xF4\x8F\xBF\xBF", true},
    {"combining and right to left", "e\xCC\x81 \xE2\x80\xAE x", true},
    {"a NUL", "\0"s, false},
    {"a NUL inside", "a\0b"s, false},
    {"an overlong NUL", "a\xC0\x80", false},
    {"an overlong slash", "\xE0\x80\xAF", false},
    {"a surrogate", "\xED\xA0\x80", false},
    {"a pair of surrogates", "\xED\xA0\xBD\xED\xB8\x80", false},
    {"a truncated character", "a\xF0\x9F\x93", false},
    {"a lonely tail", "\x80", false},
    {"Latin 1", "caf\xE9", false},
    {"beyond Unicode", "\xF4\x90\x80\x80", false},
    {"no byte of UTF-8", "\xFE\xFF", false},
  };
  return result;
}

} // namespace flow
