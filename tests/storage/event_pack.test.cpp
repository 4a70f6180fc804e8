#include "../support/packed_form.hpp"

#include "../../storage/postgres/event_pack.hpp"

#include <caf/test/unit_test.hpp>

#include <string>
#include <string_view>

// Events as the server puts them together, and what it would not.

using namespace inbox;
using namespace inbox::postgres;

namespace {

struct column_form {
  int32_t type;
  /// Null if there is none.
  const char* value;
};

constexpr int32_t time_type = 1184;
constexpr int32_t text_type = 25;
constexpr int32_t json_type = 3802;
constexpr int32_t id_type = 2950;

/// Returns the row of what most events do not have.
std::string row(std::initializer_list<column_form> columns) {
  std::string result;
  put(result, static_cast<int32_t>(columns.size()));
  for (auto& x : columns) {
    put(result, x.type);
    if (x.value == nullptr) {
      put(result, int32_t{-1});
      continue;
    }
    std::string_view value{x.value};
    put(result, static_cast<int32_t>(value.size()));
    put(result, value);
  }
  return result;
}

std::string pack(event_seq seq, std::string_view content,
                 const std::string& rest = {}) {
  event x;
  x.payload = payload{std::string{content}};
  return test::packed_form(seq, x, rest);
}

std::string full() {
  return row({{time_type, "\1\1\1\1\1\1\1\1"},
              {text_type, "key"},
              {json_type, "\1{\"a\": \"b\"}"},
              {id_type, "0123456789abcdef"}});
}

bool can_be(std::string_view form) {
  payload_blocks payloads;
  event x;
  event_seq seq = 0;
  return unpack_seq(form, seq) && unpack(form, x, payloads) && form.empty();
}

} // namespace

CAF_TEST(one event comes behind the other) {
  auto form = pack(7, "seven") + pack(-1, "", full()) + pack(9, "");
  std::string_view rest{form};
  payload_blocks payloads;
  event_seq seq = 0;
  event seven;
  seven.type = "order";
  CAF_REQUIRE(unpack_seq(rest, seq) && unpack(rest, seven, payloads));
  CAF_CHECK_EQUAL(seq, 7);
  CAF_CHECK_EQUAL(seven.type, "order");
  CAF_CHECK_EQUAL(seven.payload.view(), "seven");
  CAF_CHECK(!seven.date && !seven.ordering_key && !seven.cause);
  event other;
  CAF_REQUIRE(unpack_seq(rest, seq) && unpack(rest, other, payloads));
  CAF_CHECK_EQUAL(seq, -1);
  CAF_CHECK_EQUAL(other.payload.size(), 0u);
  CAF_CHECK(other.date);
  CAF_CHECK(other.ordering_key == std::string{"key"});
  CAF_CHECK_EQUAL(other.headers.at("a"), "b");
  CAF_CHECK(other.cause);
  event last;
  CAF_REQUIRE(unpack_seq(rest, seq) && unpack(rest, last, payloads));
  CAF_CHECK_EQUAL(seq, 9);
  CAF_CHECK(rest.empty());
}

CAF_TEST(what is cut off is no event) {
  auto form = pack(1, "payload", full());
  CAF_CHECK(can_be(form));
  for (size_t n = 0; n < form.size(); ++n)
    CAF_CHECK(!can_be(std::string_view{form}.substr(0, n)));
}

CAF_TEST(a row of other columns is no part of an event) {
  column_form time{time_type, nullptr};
  column_form text{text_type, nullptr};
  column_form json{json_type, nullptr};
  column_form id{id_type, nullptr};
  CAF_CHECK(can_be(pack(1, "x", row({time, text, json, id}))));
  CAF_CHECK(!can_be(pack(1, "x", row({time, text, json}))));
  CAF_CHECK(!can_be(pack(1, "x", row({time, text, json, id, id}))));
  CAF_CHECK(!can_be(pack(1, "x", row({time, json, text, id}))));
  CAF_CHECK(!can_be(pack(1, "x", row({time, text, json, {id_type, "short"}}))));
  CAF_CHECK(!can_be(pack(1, "x", row({{time_type, ""}, text, json, id}))));
}

CAF_TEST(a length that is none is no part of an event) {
  auto form = pack(1, "x", full());
  auto text = form.find("key") - 4;
  form.replace(text, 4, "\xFF\xFF\xFF\xFE", 4);
  CAF_CHECK(!can_be(form));
  std::string endless = pack(1, "");
  endless.replace(endless.size() - 4, 4, "\x7F\xFF\xFF\xFF", 4);
  CAF_CHECK(!can_be(endless));
  endless.replace(endless.size() - 4, 4, "\x80\x00\x00\x00", 4);
  CAF_CHECK(!can_be(endless));
}
