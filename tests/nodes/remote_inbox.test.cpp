#include "remote_inbox_fixture.hpp"

// What stands for the inbox of another node.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(remote_inbox_tests, remote_inbox_fixture)

CAF_TEST(requests go to the other node) {
  publish();
  run();
  CAF_CHECK(is_answered(write(1)));
  CAF_CHECK(is_answered(begin<inbox_stats>(remote, get_stats{})));
  CAF_CHECK(is_answered(begin<store_summary>(remote, get_summary{})));
  CAF_CHECK(is_answered(begin<event_record>(remote, find_event{})));
  CAF_CHECK(is_answered(begin<trace>(remote, find_trace{})));
  CAF_CHECK_EQUAL(node.followed.count(), 1u);
  CAF_CHECK_EQUAL(node.writes.count(), 1u);
  tell(remote, announce_events{{"order"}});
  CAF_CHECK_EQUAL(node.announced.count(), 1u);
  node.writes.fail_next(make_error(errc::invalid, "events[0].id", "is nil"));
  auto refused = write(2);
  CAF_CHECK_EQUAL(code(refused), errc::invalid);
}

CAF_TEST(they wait for a connection as long as they may take) {
  run();
  tell(remote, announce_events{}); // which is missed
  auto first = write(1);
  advance(1s);
  auto second = write(2);
  CAF_CHECK(!*first);
  CAF_CHECK_GREATER(tries, 5);
  advance(9s);
  CAF_CHECK_EQUAL(code(first), errc::connection_lost);
  CAF_CHECK(!*second);
  publish();
  advance(100ms);
  CAF_CHECK(is_answered(second));
  CAF_CHECK_EQUAL(node.writes.count(), 1u);
}

CAF_TEST(what was sent and not answered may have happened) {
  publish();
  run();
  node.writes.hold();
  node.stats.hold();
  auto written = write(1);
  auto asked = begin<inbox_stats>(remote, get_stats{});
  lose();
  CAF_CHECK_EQUAL(code(written), errc::outcome_unknown);
  CAF_CHECK_EQUAL(code(asked), errc::connection_lost);
  auto next = write(2);
  publish();
  advance(100ms);
  CAF_CHECK(is_answered(next));
  CAF_CHECK_EQUAL(node.writes.count(), 1u); // the lost one is not sent again
}

CAF_TEST(no answer in time is no answer) {
  publish();
  run();
  node.writes.hold();
  auto written = write(1);
  advance(10s);
  CAF_CHECK_EQUAL(code(written), errc::timeout);
  node.writes.release(); // too late
  settle_messages();
  CAF_CHECK_EQUAL(code(written), errc::timeout);
}

CAF_TEST(there is a bound on what waits) {
  run();
  auto first = write(1, 900);
  auto large = write(2, 200);
  CAF_CHECK_EQUAL(code(large), errc::busy);
  auto second = write(3);
  auto third = write(4);
  CAF_CHECK_EQUAL(code(write(5)), errc::busy);
  publish();
  advance(100ms);
  for (auto& x : {first, second, third})
    CAF_CHECK(is_answered(x));
  CAF_CHECK(is_answered(write(6, 5000))); // one alone may be of any size
}

CAF_TEST(what is not an inbox of this version is not used) {
  publish();
  other_version = true;
  run();
  auto written = write(1);
  advance(1s);
  CAF_CHECK(!*written);
  CAF_CHECK_GREATER(tries, 5);
  other_version = false;
  advance(100ms);
  CAF_CHECK(is_answered(written));
}

CAF_TEST(draining does not wait for a connection) {
  run();
  auto written = write(1);
  auto drained = begin<drain_report>(remote, drain_inbox{});
  CAF_CHECK_EQUAL(code(written), errc::stopped);
  CAF_CHECK(is_answered(drained));
}

CAF_TEST_FIXTURE_SCOPE_END()
