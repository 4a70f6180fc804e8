#include "../../actors/retention.hpp"

#include "../support/actor_fixture.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public actor_fixture {
public:
  script<erased_events, erase_events> store;
  retention_actor retention;

  void run(bool unfinished = false) {
    retention = start<retention_impl>(
      play<erasing_store>(store),
      retention_state::settings{5s, 24h, 60 * 24h, unfinished});
  }

  /// Makes every run take as many pages of ten events.
  void set_pages(event_seq pages) {
    store.answer_with([pages](const erase_events& x) {
      auto next = x.after + 1 < pages ? x.after + 1 : 0;
      return erased_events{10, 20, next};
    });
  }

  void end() {
    tell(retention, end_duty{});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(retention_tests, fixture)

CAF_TEST(the first run is soon after the start) {
  run();
  advance(5s - 1ms);
  CAF_CHECK_EQUAL(store.count(), 0u);
  advance(1ms);
  CAF_REQUIRE_EQUAL(store.count(), 1u);
  CAF_CHECK_EQUAL(store.last().after, 0);
  CAF_CHECK_GREATER(store.last().limit, 0u);
  CAF_CHECK_EQUAL(store.last().older_than, timespan{60 * 24h});
  CAF_CHECK(!store.last().unfinished);
}

CAF_TEST(unfinished work goes only when the option says so) {
  run(true);
  advance(5s);
  CAF_CHECK(store.last().unfinished);
}

CAF_TEST(a run goes on page by page until none is left) {
  run();
  set_pages(4);
  store.hold();
  advance(5s);
  std::vector<event_seq> pages;
  while (store.held() > 0) {
    CAF_CHECK_EQUAL(store.held(), 1u);
    pages.push_back(store.last().after);
    store.answer_oldest();
    settle_messages();
  }
  CAF_CHECK_EQUAL(pages, (std::vector<event_seq>{0, 1, 2, 3}));
  CAF_CHECK_EQUAL(ask<inbox_stats>(retention, get_stats{})->erased, 40u);
}

CAF_TEST(runs are an interval apart and begin at the first event) {
  run();
  set_pages(2);
  advance(5s);
  CAF_CHECK_EQUAL(store.count(), 2u);
  advance(24h - 1s);
  CAF_CHECK_EQUAL(store.count(), 2u);
  advance(1s);
  CAF_CHECK_EQUAL(store.count(), 4u);
  CAF_CHECK_EQUAL(store.got()[2].after, 0);
}

CAF_TEST(after an error the same page is tried again after a minute) {
  run();
  set_pages(3);
  store.hold();
  advance(5s);
  store.answer_oldest();
  settle_messages();
  store.answer(make_error(errc::busy, "store", "locked"));
  settle_messages();
  store.release();
  CAF_CHECK_EQUAL(store.count(), 2u);
  advance(1min - 1ms);
  CAF_CHECK_EQUAL(store.count(), 2u);
  advance(1ms);
  CAF_CHECK_EQUAL(store.count(), 4u);
  CAF_CHECK_EQUAL(store.got()[2].after, 1);
}

CAF_TEST(the end of duty ends the runs) {
  run();
  advance(5s);
  end();
  advance(72h);
  CAF_CHECK_EQUAL(store.count(), 1u);
  CAF_CHECK(!has_pending_timeout());
}

CAF_TEST(the end of duty ends a run after the page on its way) {
  run();
  set_pages(3);
  store.hold();
  advance(5s);
  end();
  store.release();
  advance(72h);
  CAF_CHECK_EQUAL(store.count(), 1u);
}

CAF_TEST(the end of duty during the last page leaves no timeout behind) {
  run();
  store.hold();
  advance(5s);
  end();
  store.release();
  settle_messages();
  CAF_CHECK(!has_pending_timeout());
}

CAF_TEST_FIXTURE_SCOPE_END()
