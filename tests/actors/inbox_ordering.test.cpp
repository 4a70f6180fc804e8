#include "inbox_fixture.hpp"

// Events that share an ordering key do not wait for the next iteration.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public inbox_fixture {
public:
  std::vector<uint8_t> calls;

  static std::vector<event> ordered_events(uint32_t count) {
    std::vector<event> result;
    for (uint32_t n = 1; n <= count; ++n) {
      result.push_back(nth_event(n));
      result.back().ordering_key = "a";
    }
    return result;
  }

  void handle_with(outcome (*f)(const delivery&)) {
    CAF_CHECK(!handlers.on("order", "mail", [this, f](const delivery& x) {
      calls.push_back(x.event().id.data[15]);
      return f(x);
    }));
  }

  void write_all(uint32_t count) {
    CAF_CHECK(ask<written_events>(inbox, write_events{ordered_events(count)}));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_ordering_tests, fixture)

CAF_TEST(one follows the other at once) {
  handle_with([](const delivery&) { return done(); });
  run();
  write_all(20);
  CAF_CHECK_EQUAL(calls.size(), 20u); // no time has passed
  CAF_CHECK(std::is_sorted(calls.begin(), calls.end()));
  CAF_CHECK_EQUAL(status_of(20), status::done);
}

CAF_TEST(the death of one lets the next one go at once) {
  handle_with([](const delivery&) { return dead("no such address"); });
  run();
  write_all(3);
  CAF_CHECK_EQUAL(status_of(3), status::dead);
}

CAF_TEST(a failure lets nobody go) {
  handle_with([](const delivery&) { return failed("no paper"); });
  run();
  auto before = faults.calls("claim");
  write_all(3);
  CAF_CHECK_EQUAL(calls.size(), 1u);
  CAF_CHECK_EQUAL(status_of(1), status::failed);
  CAF_CHECK_EQUAL(faults.calls("claim"), before + 1);
}

CAF_TEST(what is buried lets the next one go at once) {
  auto other = place.open();
  auto route = other->add(add_route{"order", "mail"})->route;
  CAF_CHECK(other->write(ordered_events(2)));
  CAF_CHECK_EQUAL(other->claim({nth_id(98), {{route, 9}}, 9, 1s, 1})->size(),
                  1u);
  config.max_attempts = 1;
  handle_with([](const delivery&) { return done(); });
  run();
  advance(config.iteration_rate);
  CAF_CHECK_EQUAL(status_of(1), status::dead);
  CAF_CHECK_EQUAL(status_of(2), status::done);
}

CAF_TEST_FIXTURE_SCOPE_END()
