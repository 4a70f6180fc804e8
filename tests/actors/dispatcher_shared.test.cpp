#include "../support/far_actor.hpp"
#include "dispatcher_fixture.hpp"

// Several actors that share a handler key.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public dispatcher_fixture {
public:
  void join(const caf::actor& actor, uint32_t concurrency = 1) {
    tell(dispatcher,
         serve_route{1, "order", "mail", actor, concurrency, false, true});
  }

  /// Makes another handler that holds its answers share the route.
  scripted_handler join(uint32_t concurrency = 1) {
    auto result = play_handler();
    join(result.actor, concurrency);
    return result;
  }

  static bool has(const scripted_handler& who, uint32_t n) {
    return who.calls.held() > 0 && who.calls.last().event.id == nth_id(n);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatcher_shared_tests, fixture)

CAF_TEST(each delivery goes to one of them) {
  auto a = join();
  auto b = join();
  dispatch(1, 3);
  CAF_CHECK(has(a, 1));
  CAF_CHECK(has(b, 2));
  CAF_CHECK_EQUAL(lane().handlers, 2u);
  CAF_CHECK_EQUAL(lane().queued, 1u);
  answer(b.calls, done());
  CAF_CHECK(has(b, 3));
  CAF_CHECK_EQUAL(a.calls.count(), 1u);
}

CAF_TEST(one that joins takes from the queue at once) {
  auto a = join();
  dispatch(1, 3);
  auto b = join(2);
  CAF_CHECK_EQUAL(b.calls.held(), 2u);
  CAF_CHECK_EQUAL(lane().queued, 0u);
}

CAF_TEST(one that does not share takes the place of the others) {
  auto a = join();
  dispatch(1, 2);
  auto other = serve(1);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(lane().handlers, 1u);
  dispatch(3);
  CAF_CHECK_EQUAL(other.held(), 1u);
}

CAF_TEST(one that leaves ends what it runs and leaves the rest to others) {
  auto a = join();
  auto b = join();
  dispatch(1, 4);
  auto left = begin<void>(dispatcher, leave_route{1, a.actor});
  CAF_CHECK(!*left);
  CAF_CHECK_EQUAL(settled.count(), 0u); // the queue is not given back
  answer(a.calls, done());
  CAF_CHECK(*left && **left);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::done);
  CAF_CHECK_EQUAL(a.calls.count(), 1u);
  answer(b.calls, done());
  CAF_CHECK(has(b, 3));
}

CAF_TEST(the last one that leaves leaves the route) {
  auto a = join();
  auto b = join();
  tell(dispatcher, leave_route{1, a.actor});
  dispatch(1, 2);
  auto left = begin<void>(dispatcher, leave_route{1, b.actor});
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK(stats().lanes.empty());
  CAF_CHECK(!*left);
  answer(b.calls, done());
  CAF_CHECK(*left && **left);
}

CAF_TEST(who is not there any more leaves nothing) {
  auto a = join();
  auto b = join();
  tell(dispatcher, leave_route{1, a.actor});
  CAF_CHECK(*begin<void>(dispatcher, leave_route{1, a.actor}));
  CAF_CHECK_EQUAL(stats().lanes.size(), 1u);
  // Nor does one whose place another has taken.
  auto other = serve(1);
  CAF_CHECK(*begin<void>(dispatcher, leave_route{1, b.actor}));
  CAF_CHECK_EQUAL(stats().lanes.size(), 1u);
}

CAF_TEST(what a handler on a lost node had is due again at once) {
  auto near = join();
  auto distant = make_far_actor(sys);
  demand();
  join(distant, 2);
  dispatch(1, 3); // two to the far one
  CAF_CHECK_EQUAL(settled.count(), 0u);
  tell(dispatcher, leave_route{1, distant});
  tell(dispatcher, handler_down{distant.address()});
  advance(100ms);
  CAF_CHECK_EQUAL(settled.count(), 2u);
  for (auto& x : settled.got()) {
    CAF_CHECK_EQUAL(x.settlement.verdict, verdict::failed); // it counts
    CAF_CHECK_EQUAL(x.settlement.delay, timespan{0});
    CAF_CHECK_EQUAL(x.settlement.message, "the handler actor has ended");
  }
  auto before = pokes.count();
  tell(dispatcher, end_leases{{settled.last().settlement.lease}});
  CAF_CHECK_EQUAL(pokes.count(), before + 1);
}

CAF_TEST(the end of a far handler ends what nobody will answer) {
  auto near = join();
  auto distant = make_far_actor(sys, far::is_silent);
  join(distant, 2);
  dispatch(1, 3);
  lose(1);
  tell(dispatcher, leave_route{1, distant});
  tell(dispatcher, handler_down{near.actor.address()}); // it would answer
  CAF_CHECK_EQUAL(settled.count(), 0u);
  tell(dispatcher, handler_down{distant.address()});
  CAF_REQUIRE_EQUAL(settled.count(), 1u); // the other lease is lost
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(3).delay, timespan{0});
  CAF_CHECK_EQUAL(lane().running, 1u);
  advance(60s);                         // their deadlines say nothing new
  CAF_CHECK_EQUAL(settled.count(), 2u); // near's own
}

CAF_TEST(what a local actor says was lost is due again at once too) {
  auto a = join();
  auto b = join();
  dispatch(1, 3);
  CAF_CHECK(has(a, 1));
  CAF_CHECK(has(b, 2));
  a.calls.answer(make_error(errc::node_lost, "handler", "is out of reach"));
  settle_messages();
  CAF_REQUIRE_EQUAL(settled.count(), 1u);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed); // it counts
  CAF_CHECK_EQUAL(settlement_of(1).delay, timespan{0});
  // It gets no more, for it will end.
  CAF_CHECK_EQUAL(a.calls.count(), 1u);
  CAF_CHECK_EQUAL(lane().queued, 1u);
}

CAF_TEST(what only looks lost is due after the backoff) {
  config.policy.backoff.min = 5s;
  restart();
  auto near = join();
  join(make_far_actor(sys), 2);
  dispatch(1, 2);
  advance(100ms);
  CAF_REQUIRE_EQUAL(settled.count(), 1u);
  CAF_CHECK_EQUAL(settled.last().settlement.verdict, verdict::failed);
  CAF_CHECK_GREATER_OR_EQUAL(settled.last().settlement.delay, timespan{5s});
}

CAF_TEST(a node that is lost holds nobody up) {
  auto near = join();
  join(make_far_actor(sys));
  dispatch(1, 4);
  for (int i = 0; i < 3; ++i)
    answer(near.calls, done());
  CAF_CHECK_EQUAL(near.calls.count(), 3u);
}

CAF_TEST_FIXTURE_SCOPE_END()
