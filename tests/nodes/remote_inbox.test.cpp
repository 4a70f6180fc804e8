#include "../../nodes/remote_inbox.hpp"

#include "nodes_fixture.hpp"

// What stands for the inbox of another node.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public nodes_fixture {
public:
  fixture() {
    config.request_timeout = 10s;
    config.reconnect = {100ms, 100ms, 1};
    config.register_interval = 5s;
    config.max_open_requests = 3;
    config.max_open_bytes = 1000;
  }

  /// Starts the actor; the other node is there if it was published before.
  void run() {
    middleman = sys.spawn([this] {
      return caf::behavior{
        [this](caf::connect_atom, const std::string& host, uint16_t port)
          -> caf::result<caf::node_id, caf::strong_actor_ptr,
                         std::set<std::string>> {
          CAF_CHECK_EQUAL(host, "storage");
          CAF_CHECK_EQUAL(port, 4242);
          ++tries;
          if (!node.actor)
            return caf::sec::cannot_connect_to_node;
          return {node.actor.node(),
                  caf::actor_cast<caf::strong_actor_ptr>(node.actor),
                  other_version ? std::set<std::string>{"another"}
                                : sys.message_types(node.actor)};
        },
      };
    });
    remote = start<remote_inbox_impl>(
      endpoint{"storage", 4242, true}, config,
      caf::actor_cast<caf::io::middleman_actor>(middleman), uint64_t{1});
  }

  void publish() {
    node = play_inbox();
  }

  /// What CAF does when the link is lost, as far as this actor sees it.
  void lose() {
    auto gone = std::exchange(node, {});
    stop(gone.actor);
  }

  ~fixture() {
    stop(remote, middleman);
  }

  pending<written_events> write(uint32_t n, size_t size = 10) {
    std::vector<event> events;
    events.push_back(nth_event(n));
    events.back().payload = payload{std::string(size, 'x')};
    return begin<written_events>(remote, write_events{std::move(events)});
  }

  bool joins(const scripted_handler& who) {
    auto reply = begin<registered_handler>(remote, for_mail(who.actor, true));
    return *reply && **reply && (**reply)->added;
  }

  template <class Reply>
  static errc code(const pending<Reply>& x) {
    return *x && !**x ? code_of((*x)->error()) : errc{};
  }

  template <class Reply>
  static bool is_answered(const pending<Reply>& x) {
    return *x && **x;
  }

  remote_options config;
  scripted_inbox node;
  bool other_version = false;
  int tries = 0;
  caf::actor middleman;
  remote_inbox_actor remote;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(remote_inbox_tests, fixture)

CAF_TEST(requests go to the other node) {
  publish();
  run();
  CAF_CHECK(is_answered(write(1)));
  CAF_CHECK(is_answered(begin<inbox_stats>(remote, get_stats{})));
  CAF_CHECK(is_answered(begin<store_summary>(remote, get_summary{})));
  CAF_CHECK(is_answered(begin<event_record>(remote, find_event{})));
  CAF_CHECK_EQUAL(node.writes.count(), 1u);
  node.writes.fail_next(make_error(errc::invalid, "events[0].id", "is nil"));
  auto refused = write(2);
  CAF_CHECK_EQUAL(code(refused), errc::invalid);
}

CAF_TEST(they wait for a connection as long as they may take) {
  run();
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

CAF_TEST(draining does not wait for a connection) {
  run();
  auto written = write(1);
  auto drained = begin<drain_report>(remote, drain_inbox{});
  CAF_CHECK_EQUAL(code(written), errc::stopped);
  CAF_CHECK(is_answered(drained));
}

CAF_TEST_FIXTURE_SCOPE_END()
