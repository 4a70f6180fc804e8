#include "remote_inbox_fixture.hpp"

// The handlers that are registered with an inbox of another node.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(remote_inbox_handlers_tests, remote_inbox_fixture)

CAF_TEST(handlers are registered again after a lost link) {
  publish();
  run();
  auto handler = play_handler();
  CAF_CHECK(joins(handler));
  CAF_CHECK_EQUAL(node.registered.last().handler, handler.actor);
  lose();
  publish();
  advance(100ms);
  CAF_REQUIRE_EQUAL(node.registered.count(), 1u);
  CAF_CHECK_EQUAL(node.registered.last().handler, handler.actor);
}

CAF_TEST(one that waits to be registered is registered once) {
  run();
  auto handler = play_handler();
  auto added = begin<registered_handler>(remote, for_mail(handler.actor));
  publish();
  advance(100ms);
  CAF_CHECK(is_answered(added));
  CAF_CHECK_EQUAL(node.registered.count(), 1u);
}

CAF_TEST(and from time to time) {
  publish();
  run();
  auto handler = play_handler();
  CAF_CHECK(joins(handler));
  advance(15s);
  CAF_CHECK_EQUAL(node.registered.count(), 4u);
}

CAF_TEST(what was not added is not registered again) {
  publish();
  run();
  node.registered.answer_with(
    [](const register_handler&) { return registered_handler{false}; });
  CAF_CHECK(!joins(play_handler()));
  node.registered.fail_next(make_error(errc::busy, "handler", "is"));
  CAF_CHECK(!joins(play_handler()));
  advance(20s);
  CAF_CHECK_EQUAL(node.registered.count(), 2u);
}

CAF_TEST(a handler that has ended is forgotten) {
  publish();
  run();
  auto handler = play_handler();
  CAF_CHECK(joins(handler));
  stop(handler.actor);
  advance(20s);
  CAF_CHECK_EQUAL(node.registered.count(), 1u);
}

CAF_TEST(so is one that was unregistered) {
  publish();
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(joins(a));
  CAF_CHECK(joins(b));
  auto left = begin<unregistered_handler>(
    remote, unregister_handler{"order", "mail", false, a.actor});
  CAF_CHECK((**left)->removed);
  CAF_CHECK_EQUAL(node.unregistered.last().handler, a.actor);
  // Without a handler all of the key go, each by its name.
  CAF_CHECK(joins(a));
  left = begin<unregistered_handler>(remote,
                                     unregister_handler{"order", "mail"});
  CAF_CHECK((**left)->removed);
  CAF_CHECK_EQUAL(node.unregistered.count(), 3u);
  left = begin<unregistered_handler>(remote,
                                     unregister_handler{"order", "mail"});
  CAF_CHECK(!(**left)->removed);
  CAF_CHECK_EQUAL(code(begin<unregistered_handler>(
                    remote, unregister_handler{"order", "mail", true})),
                  errc::invalid);
  auto count = node.registered.count();
  advance(20s);
  CAF_CHECK_EQUAL(node.registered.count(), count);
}

CAF_TEST(what is being registered can be unregistered) {
  publish();
  run();
  auto handler = play_handler();
  node.registered.hold();
  auto added = begin<registered_handler>(remote, for_mail(handler.actor));
  auto left = begin<unregistered_handler>(remote,
                                          unregister_handler{"order", "mail"});
  CAF_CHECK_EQUAL(node.unregistered.count(), 1u); // it comes behind the other
  node.registered.release();
  settle_messages();
  CAF_CHECK(is_answered(added));
  CAF_CHECK(is_answered(left));
  CAF_CHECK_EQUAL(node.unregistered.count(), 2u); // to be sure
  auto count = node.registered.count();
  advance(20s);
  CAF_CHECK_EQUAL(node.registered.count(), count);
}

CAF_TEST(so is what is being registered at the end) {
  publish();
  run();
  auto handler = play_handler();
  node.registered.hold();
  auto added = begin<registered_handler>(remote, for_mail(handler.actor));
  auto drained = begin<drain_report>(remote, drain_inbox{});
  CAF_CHECK(!*drained);
  node.unregistered.hold();
  node.registered.release();
  settle_messages();
  CAF_CHECK(!*drained);
  CAF_CHECK_EQUAL(node.unregistered.count(), 2u);
  node.unregistered.release();
  settle_messages();
  CAF_CHECK(is_answered(drained));
}

CAF_TEST(what a handler runs may take longer than a request) {
  publish();
  run();
  auto handler = play_handler();
  CAF_CHECK(joins(handler));
  node.unregistered.hold();
  auto left = begin<unregistered_handler>(remote,
                                          unregister_handler{"order", "mail"});
  auto asked = begin<inbox_stats>(remote, get_stats{});
  node.stats.hold();
  auto late = begin<inbox_stats>(remote, get_stats{});
  advance(60s);
  CAF_CHECK(!*left);
  CAF_CHECK_EQUAL(code(late), errc::timeout); // it does not wait behind that
  node.unregistered.release();
  settle_messages();
  CAF_CHECK(is_answered(left));
}

CAF_TEST(draining takes the handlers away and waits for answers) {
  publish();
  run();
  auto handler = play_handler();
  CAF_CHECK(joins(handler));
  node.writes.hold();
  node.unregistered.hold();
  auto written = write(1);
  auto drained = begin<drain_report>(remote, drain_inbox{});
  auto again = begin<drain_report>(remote, drain_inbox{});
  CAF_CHECK_EQUAL(node.unregistered.count(), 1u);
  CAF_CHECK_EQUAL(code(write(2)), errc::stopped);
  node.unregistered.release();
  settle_messages();
  CAF_CHECK(!*drained);
  node.writes.release();
  settle_messages();
  CAF_CHECK(is_answered(written));
  CAF_CHECK(is_answered(drained));
  CAF_CHECK(is_answered(again));
  CAF_CHECK_EQUAL(node.drained.count(), 0u); // the inbox is not ours
}

CAF_TEST_FIXTURE_SCOPE_END()
