#include "../../messages/event.hpp"

#include "../../messages/error.hpp"
#include "../../messages/options.hpp"

#include <caf/test/dsl.hpp>

#include <functional>
#include <memory>
#include <string_view>

using namespace inbox;
using namespace std::string_literals;

namespace {

event good() {
  event result;
  result.id.data[15] = 1;
  result.type = "order";
  return result;
}

timestamp at(int64_t micros) {
  return timestamp{std::chrono::microseconds{micros}};
}

constexpr int64_t first_date = -62135596800000000;
constexpr int64_t last_date = 253402300799999999;
constexpr size_t limit = 100;

struct change {
  const char* what;
  std::function<void(event&)> apply;
  /// The field of the error, or empty if the event is good.
  std::string field;
};

const change changes[] = {
  {"nothing", [](event&) {}, ""},
  {"nil id", [](event& x) { x.id = {}; }, "id"},
  {"empty type", [](event& x) { x.type = ""; }, "type"},
  {"longest type", [](event& x) { x.type.assign(255, 't'); }, ""},
  {"long type", [](event& x) { x.type.assign(256, 't'); }, "type"},
  {"NUL in type", [](event& x) { x.type = "a\0b"s; }, "type"},
  {"broken type", [](event& x) { x.type = "a\xC3"; }, "type"},
  {"SQL in type", [](event& x) { x.type = "'; drop table x; --"; }, ""},
  {"full payload", [](event& x) { x.payload = std::string(100, 0); }, ""},
  {"big payload", [](event& x) { x.payload = std::string(101, 0); }, "payload"},
  {"first date", [](event& x) { x.date = at(first_date); }, ""},
  {"early date", [](event& x) { x.date = at(first_date - 1); }, "date"},
  {"last date", [](event& x) { x.date = at(last_date); }, ""},
  {"late date", [](event& x) { x.date = at(last_date + 1); }, "date"},
  {"least date", [](event& x) { x.date = timestamp::min(); }, "date"},
  {"greatest date", [](event& x) { x.date = timestamp::max(); }, "date"},
  {"empty key", [](event& x) { x.ordering_key = ""; }, "ordering_key"},
  {"long key", [](event& x) { x.ordering_key = std::string(256, 'k'); },
   "ordering_key"},
  {"broken key", [](event& x) { x.ordering_key = "\xFF"; }, "ordering_key"},
  {"good key", [](event& x) { x.ordering_key = "\xC3\xA4"; }, ""},
  {"empty header", [](event& x) { x.headers[""] = "x"; }, "headers"},
  {"empty header value", [](event& x) { x.headers["x"] = ""; }, ""},
  {"long header", [](event& x) { x.headers[std::string(256, 'h')]; },
   "headers"},
  {"broken header", [](event& x) { x.headers["\xFF"] = "x"; }, "headers"},
  {"broken header value", [](event& x) { x.headers["x"] = "\xFF"; }, "headers"},
  {"NUL in header value", [](event& x) { x.headers["x"] = "\0"s; }, "headers"},
  {"full headers",
   [](event& x) { x.headers["x"] = std::string(max_headers_bytes - 1, 'v'); },
   ""},
  {"big headers",
   [](event& x) { x.headers["x"] = std::string(max_headers_bytes, 'v'); },
   "headers"},
  {"a cause", [](event& x) { x.cause.emplace().data[0] = 1; }, ""},
  {"nil cause", [](event& x) { x.cause.emplace(); }, "cause"},
  {"itself as cause", [](event& x) { x.cause = x.id; }, "cause"},
};

} // namespace

CAF_TEST(a bad event is refused and the error names the field) {
  for (auto& [what, apply, field] : changes) {
    CAF_MESSAGE(what);
    auto x = good();
    apply(x);
    auto err = check(x, limit);
    CAF_CHECK_EQUAL(code_of(err), field.empty() ? errc{} : errc::invalid);
    CAF_CHECK_EQUAL(field_of(err), field.empty() ? "" : "event." + field);
  }
}

CAF_TEST(of many events the first bad one is named by its position) {
  for (auto& [what, apply, field] : changes) {
    std::vector<event> xs{good(), good(), good(), good()};
    apply(xs[2]);
    xs[3].type = field.empty() ? "fine" : "";
    CAF_CHECK_EQUAL(field_of(check(xs, limit)),
                    field.empty() ? "" : "events[2]." + field);
  }
  CAF_CHECK(!check(std::vector<event>{}, limit));
}

CAF_TEST(an error does not repeat the payload or a value) {
  auto x = good();
  x.payload = std::string(101, 's');
  CAF_CHECK_EQUAL(describe(check(x, limit)).find("sss"), std::string::npos);
  x = good();
  x.headers["name"] = "secret\xFF";
  CAF_CHECK_EQUAL(describe(check(x, limit)).find("secret"), std::string::npos);
}

CAF_TEST(names are checked alone as well) {
  CAF_CHECK(!check_name("handler_key", "mail"));
  CAF_CHECK_EQUAL(field_of(check_name("handler_key", "")), "handler_key");
  CAF_CHECK_EQUAL(field_of(check_name("handler_key", "\xFF")), "handler_key");
}

CAF_TEST(a made event is a checked one) {
  auto x = make_event(good().id, "order", "content", at(5));
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->payload.view(), "content");
  CAF_CHECK(x->date == at(5));
  auto bad = make_event({}, "order", "content");
  CAF_REQUIRE(!bad);
  CAF_CHECK_EQUAL(field_of(bad.error()), "event.id");
  auto size = options{}.payload_limit + 1;
  auto big = make_event(good().id, "order", std::string(size, 'x'));
  CAF_REQUIRE(!big);
  CAF_CHECK_EQUAL(field_of(big.error()), "event.payload");
}

CAF_TEST(events are equal when all of their parts are) {
  auto x = good();
  CAF_CHECK(x == good());
  for (auto& [what, apply, field] : changes) {
    auto y = good();
    apply(y);
    CAF_CHECK_EQUAL(y == x, what == "nothing"s);
  }
}

CAF_TEST(copies of a payload share its bytes) {
  payload a{"some bytes"};
  auto b = a;
  CAF_CHECK_EQUAL(a.view().data(), b.view().data());
  CAF_CHECK(a == b && a == payload{"some bytes"} && a != payload{"others"});
  CAF_CHECK(payload{}.empty() && payload{""} == payload{});
  CAF_CHECK_EQUAL(payload{"a\0b"s}.size(), 3u);
  std::vector<std::byte> bytes{std::byte{0}, std::byte{255}};
  CAF_CHECK_EQUAL(payload{bytes}.view(), "\0\xFF"s);
  CAF_CHECK(payload{bytes}.data()[1] == std::byte{255});
  auto owner = std::make_shared<std::string>("not all of it");
  payload part{owner, std::string_view{*owner}.substr(4, 3)};
  std::weak_ptr<std::string> watched = owner;
  owner.reset();
  CAF_REQUIRE(!watched.expired());
  CAF_CHECK_EQUAL(part.view(), "all");
  part = payload{};
  CAF_CHECK(watched.expired());
}
