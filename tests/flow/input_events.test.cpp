#include "app.hpp"
#include "hostile_texts.hpp"

#include <limits>
#include <set>

// Whatever somebody writes is refused by its field before anything is stored,
// or it comes back as it was, on all stores alike.

using namespace flow;
using inbox::errc;
using inbox::status;
using inbox::write_result;

namespace {

constexpr size_t limit = 64 * 1024 * 1024;

struct event_case {
  std::string what;
  std::function<void(inbox::event&)> change;
  /// What the error names behind "events[1].", or empty if there is none.
  std::string field;
};

auto payload_of(size_t bytes, char first = 'p') {
  return [=](inbox::event& x) {
    std::string content(bytes, '\0'); // bytes that a text could not hold
    for (size_t i = 0; i < bytes; i += 61)
      content[i] = static_cast<char>(i / 61);
    if (bytes > 0)
      content.front() = first;
    x.payload = inbox::payload{std::move(content)};
  };
}

auto date_of(int64_t micros) {
  return [=](inbox::event& x) {
    x.date = inbox::timestamp{std::chrono::microseconds{micros}};
  };
}

/// The same text at every place of an event that has room for one.
void add_text_cases(std::vector<event_case>& cases, const hostile_text& x) {
  auto text = x.text;
  auto in = [&x](std::string place) { return x.what + (" in " + place); };
  auto refuse = [&x](bool refused, std::string field) {
    return refused ? field : std::string{};
  };
  cases.push_back({in("type"), [=](inbox::event& e) { e.type = text; },
                   refuse(!x.is_name(), "type")});
  cases.push_back({in("ordering key"),
                   [=](inbox::event& e) { e.ordering_key = text; },
                   refuse(!x.is_name(), "ordering_key")});
  cases.push_back({in("header name"),
                   [=](inbox::event& e) { e.headers[text] = "x"; },
                   refuse(!x.is_name(), "headers")});
  cases.push_back({in("header value"),
                   [=](inbox::event& e) { e.headers["x"] = text; },
                   refuse(!x.is_text, "headers")});
  cases.push_back(
    {in("payload"), [=](inbox::event& e) { e.payload = text; }, ""});
}

std::vector<event_case> event_cases() {
  constexpr auto first = int64_t{-62'135'596'800'000'000};
  constexpr auto last = int64_t{253'402'300'799'999'999};
  using limits = std::numeric_limits<int64_t>;
  std::vector<event_case> result{
    {"nil id", [](inbox::event& x) { x.id = {}; }, "id"},
    {"id of ones", [](inbox::event& x) { x.id.data[7] = 0xFF; }, ""},
    {"no payload", payload_of(0), ""},
    {"a NUL for a payload", payload_of(1, '\0'), ""},
    {"payload of the limit", payload_of(limit), ""},
    {"payload beyond the limit", payload_of(limit + 1), "payload"},
    {"year 1", date_of(first), ""},
    {"before year 1", date_of(first - 1), "date"},
    {"a moment before the epoch", date_of(-1), ""},
    {"year 9999", date_of(last), ""},
    {"year 10000", date_of(last + 1), "date"},
    // What PostgreSQL has for infinity.
    {"infinity", date_of(limits::max()), "date"},
    {"minus infinity", date_of(limits::min()), "date"},
    {"full headers",
     [](inbox::event& x) {
       x.headers["x"] = std::string(inbox::max_headers_bytes - 1, '\x01');
     },
     ""},
    {"headers beyond the limit",
     [](inbox::event& x) {
       x.headers["x"] = std::string(inbox::max_headers_bytes, 'v');
     },
     "headers"},
    {"many headers",
     [](inbox::event& x) {
       for (int i = 0; i < 5000; ++i)
         x.headers[std::to_string(i)] = "";
     },
     ""},
  };
  for (auto& x : hostile_texts())
    add_text_cases(result, x);
  return result;
}

} // namespace

CAF_TEST(an event is refused by its field or comes back as it was) {
  on_each_store([](store_place& place) {
    auto options = quick_options(place);
    options.payload_limit = limit;
    record<inbox::event> handled;
    record<caf::error> errors;
    options.on_error = [&](const caf::error& x) { errors.add(x); };
    inbox::registry handlers;
    auto cases = event_cases();
    std::set<std::string> types;
    for (auto& x : cases) {
      auto e = make(1);
      x.change(e);
      if (x.field != "type" && types.insert(e.type).second)
        on(handlers, e.type, "mail",
           [&](const inbox::delivery& d) { handled.add(d.event()); });
    }
    app shop{options, handlers};
    shop.wait_until_ready(types.size());
    size_t good = 0;
    for (uint32_t n = 1; n <= cases.size(); ++n) {
      auto& [what, change, field] = cases[n - 1];
      CAF_MESSAGE(what);
      auto x = make(10 * n);
      change(x);
      auto innocent = make(10 * n + 1, "nobody's");
      auto written = shop->write({innocent, x});
      if (!field.empty()) {
        CAF_REQUIRE(!written);
        CAF_CHECK_EQUAL(written.error(), errc::invalid);
        CAF_CHECK_EQUAL(inbox::field_of(written.error()), "events[1]." + field);
        // Nothing of the call was stored.
        CAF_CHECK(!value(shop->find(innocent.id)).event);
        CAF_CHECK(!value(shop->find(x.id)).event);
        continue;
      }
      CAF_CHECK_EQUAL(value(std::move(written)).at(1).result,
                      write_result::stored);
      CAF_REQUIRE(handled.wait_for(++good));
      CAF_CHECK(handled.all().back() == x);
      CAF_CHECK(value(shop->find(x.id)).event == x);
    }
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(shop.final_stats().done, good);
    CAF_CHECK_EQUAL(errors.size(), 0u);
  });
}

CAF_TEST(a call is stored up to the limit of waiting events and not beyond) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place)};
    auto most = inbox::options{}.max_waiting_writes;
    auto many = make_many(most + 1);
    auto refused = shop->write(many);
    CAF_CHECK_EQUAL(refused.error(), errc::invalid);
    CAF_CHECK_EQUAL(inbox::field_of(refused.error()), "events");
    // The last one is bad: it is found before the first one is stored.
    many.pop_back();
    many.back().type.clear();
    refused = shop->write(many);
    CAF_CHECK_EQUAL(inbox::field_of(refused.error()),
                    "events[" + std::to_string(most - 1) + "].type");
    CAF_CHECK(!value(shop->find(nth(1))).event);
    many.back().type = "order";
    CAF_CHECK_EQUAL(shop.write(many).size(), most);
    CAF_CHECK_EQUAL(value(shop->summary()).unrouted.at(0).events, most);
    // One id as often as that is one event.
    for (auto& x : many)
      x.id = nth(most + 1);
    auto receipts = shop.write(many);
    CAF_REQUIRE_EQUAL(receipts.size(), most);
    CAF_CHECK_EQUAL(receipts.front().result, write_result::unrouted);
    CAF_CHECK_EQUAL(receipts.back().result, write_result::duplicate);
    CAF_CHECK_EQUAL(value(shop->summary()).unrouted.at(0).events, most + 1);
  });
}
