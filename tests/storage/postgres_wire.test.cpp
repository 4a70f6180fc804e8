#include "postgres_fixture.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/connection.hpp"

#include <limits>

using namespace inbox;
using namespace inbox::postgres;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  connection on{get(postgres::connect(place.options())), place.options()};

  rows run(const std::string& text, params args = {}) {
    statement what{text, ""};
    std::vector<step> steps;
    steps.push_back({&what, std::move(args)});
    return std::move(
      get(on.run(std::move(steps), effect::none, after(5s))).front());
  }

  /// Sends values as one array and checks that the server has in it what
  /// `literals`, the same in SQL, stand for.
  template <class T>
  void check_array(const std::vector<std::optional<T>>& values,
                   std::string type, const std::string& literals) {
    column<T> array;
    for (auto& x : values)
      array.push(x);
    auto text = "select $1::" + type + "[] is not distinct from array["
                + literals + "]::" + type + "[]";
    auto answer = run(text, params::of(std::move(array)));
    CAF_CHECK(answer.template get<bool>(0, 0));
    CAF_CHECK(!answer.check());
  }

  /// Sends values as one array and checks that they come back one by one.
  template <class T, class Out = T>
  void check_round_trip(const std::vector<std::optional<T>>& values,
                        std::string type) {
    column<T> array;
    for (auto& x : values)
      array.push(x);
    auto text = "select x from unnest($1::" + type
                + "[]) with ordinality as u(x, n) order by n";
    auto answer = run(text, params::of(std::move(array)));
    CAF_REQUIRE_EQUAL(static_cast<size_t>(answer.size()), values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      auto found = answer.template get_optional<Out>(static_cast<int>(i), 0);
      CAF_CHECK_EQUAL(found.has_value(), values[i].has_value());
      if (found && values[i])
        CAF_CHECK(*found == Out{*values[i]});
    }
    CAF_CHECK(!answer.check());
  }
};

template <class T>
std::vector<std::optional<T>> extremes() {
  using limits = std::numeric_limits<T>;
  return {limits::min(), T{-1}, T{0}, std::nullopt, T{1}, limits::max()};
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(wire_tests, fixture)

CAF_TEST(integers and booleans) {
  check_array<int16_t>(extremes<int16_t>(), "int2",
                       "-32768, -1, 0, null, 1, 32767");
  check_array<int32_t>(extremes<int32_t>(), "int4",
                       "-2147483648, -1, 0, null, 1, 2147483647");
  check_array<int64_t>(
    extremes<int64_t>(), "int8",
    "-9223372036854775808, -1, 0, null, 1, 9223372036854775807");
  check_array<bool>({true, std::nullopt, false}, "bool", "true, null, false");
  check_round_trip<int16_t>(extremes<int16_t>(), "int2");
  check_round_trip<int32_t>(extremes<int32_t>(), "int4");
  check_round_trip<int64_t>(extremes<int64_t>(), "int8");
  check_round_trip<bool>({true, std::nullopt, false}, "bool");
}

CAF_TEST(an array without elements) {
  check_array<int64_t>({}, "int8", "");
  check_array<std::string_view>({}, "text", "");
  check_round_trip<uuid>({}, "uuid");
}

CAF_TEST(an array of nulls) {
  check_array<std::string_view>({std::nullopt, std::nullopt}, "text",
                                "null, null");
}

CAF_TEST(texts) {
  std::vector<std::optional<std::string_view>> texts{"",
                                                     std::nullopt,
                                                     "null",
                                                     "{}",
                                                     "a,b",
                                                     "'; drop table x; --",
                                                     "\"\\",
                                                     "gr\xC3\xBC\xC3\x9F",
                                                     "\xF0\x9F\x93\xA8",
                                                     " "};
  check_round_trip<std::string_view, std::string>(texts, "text");
  check_array<std::string_view>({"it's", std::nullopt, ""}, "text",
                                "'it''s', null, ''");
}

CAF_TEST(bytes) {
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  column<bytes> array;
  array.push(bytes{all});
  array.push(bytes{{}});
  auto answer = run("select x[1], x[2] from (select $1::bytea[]) as s(x)",
                    params::of(std::move(array)));
  CAF_CHECK(answer.get<std::string>(0, 0) == all);
  CAF_CHECK_EQUAL(answer.get<std::string>(0, 1), "");
  check_array<bytes>({bytes{std::string_view{"\0\xFF", 2}}, std::nullopt},
                     "bytea", "'\\x00ff', null");
}

CAF_TEST(ids) {
  uuid x{};
  for (uint8_t i = 0; i < 16; ++i)
    x.data[i] = static_cast<uint8_t>(16 * i + i);
  check_array<uuid>({x, uuid{}, std::nullopt}, "uuid",
                    "'00112233-4455-6677-8899-aabbccddeeff', "
                    "'00000000-0000-0000-0000-000000000000', null");
  check_round_trip<uuid>({x, uuid{}, std::nullopt}, "uuid");
}

CAF_TEST(times) {
  auto at = [](int64_t seconds, int64_t us) {
    return timestamp{std::chrono::seconds{seconds}
                     + std::chrono::microseconds{us}};
  };
  std::vector<std::optional<timestamp>> times{
    at(0, 0),     at(946684800, 0),         at(-62135596800, 0),
    std::nullopt, at(253402300799, 999999), at(981173106, 7)};
  check_array<timestamp>(
    times, "timestamptz",
    "'1970-01-01 00:00:00+00', '2000-01-01 00:00:00+00', "
    "'0001-01-01 00:00:00+00', null, '9999-12-31 23:59:59.999999+00', "
    "'2001-02-03 04:05:06.000007+00'");
  check_round_trip<timestamp>(times, "timestamptz");
}

CAF_TEST(times without end are read as times that exist) {
  auto answer = run("select 'infinity'::timestamptz, '-infinity'::timestamptz");
  CAF_CHECK(answer.get<timestamp>(0, 0) > timestamp{});
  CAF_CHECK(answer.get<timestamp>(0, 1) < timestamp{});
  timestamp first{std::chrono::microseconds::min()};
  std::string out;
  put(out, first);
  CAF_CHECK_EQUAL(out.size(), 8u);
}

CAF_TEST(durations are rounded down to microseconds) {
  check_array<timespan>(
    {timespan{0}, timespan{1999}, timespan{-1}, std::nullopt, timespan{24h}},
    "interval", "'0', '1 microsecond', '-1 microsecond', null, '24 hours'");
}

CAF_TEST(json) {
  check_array<json>({json{"{\"a\": \"it's\"}"}, std::nullopt}, "jsonb",
                    "'{\"a\": \"it''s\"}', null");
}

CAF_TEST(headers are an object that people can ask for) {
  auto db = open();
  auto x = make(1);
  x.headers = {{"a", "1"}, {"b \"\\\n\x01", "'; --"}, {"\xC3\xBC", ""}};
  get(db->write({x}));
  CAF_CHECK(get(db->find({x.id})).event->headers == x.headers);
  CAF_CHECK_EQUAL(client.value("select headers ->> 'a' from " + table("event")),
                  "1");
}

CAF_TEST(a value of another type is an error and not a wrong value) {
  auto answer = run("select 1::int4, null::int8, 'x'::text");
  CAF_CHECK_EQUAL(answer.get<int64_t>(0, 0), 0);
  CAF_CHECK_EQUAL(code_of(answer.check()), errc::schema_mismatch);
  for (auto col : {1, 2}) {
    auto again = run("select 1::int4, null::int8, 'x'::text");
    CAF_CHECK(!again.check());
    static_cast<void>(again.get<int64_t>(0, col));
    CAF_CHECK(again.check());
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
