#include "dispatcher_fixture.hpp"

// Many attempts at once: bounds per key, demand, keys that come and go.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(dispatcher_lanes_tests, dispatcher_fixture)

// -- bounds -------------------------------------------------------------------

CAF_TEST(no more run at once than the key allows) {
  auto mail = serve(1, 2);
  dispatch(1, 5);
  CAF_CHECK_EQUAL(mail.held(), 2u);
  CAF_CHECK_EQUAL(lane().running, 2u);
  CAF_CHECK_EQUAL(lane().queued, 3u);
  answer(mail, done());
  CAF_CHECK_EQUAL(mail.count(), 3u);
  CAF_CHECK_EQUAL(mail.held(), 2u);
  CAF_CHECK(mail.last().event == nth_event(3));
}

CAF_TEST(an expired deadline makes room for the next) {
  auto mail = serve();
  dispatch(1, 2);
  advance(10s);
  CAF_CHECK_EQUAL(mail.count(), 2u);
  CAF_CHECK_EQUAL(lane().running, 1u);
  advance(10s);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::failed);
}

CAF_TEST(a slow key does not hold up another) {
  auto slow = serve(1, 1, "slow");
  auto fast = serve(2, 1, "fast");
  fast.release();
  dispatch(1, 3, 1);
  dispatch(1, 3, 2);
  CAF_CHECK_EQUAL(slow.count(), 1u);
  CAF_CHECK_EQUAL(fast.count(), 3u);
  CAF_CHECK_EQUAL(settled.count(), 3u);
}

CAF_TEST(a delivery of another type than its number says is given back) {
  auto mail = serve();
  dispatch_deliveries batch;
  batch.trusted_until = monotonic_now(&*self) + trust;
  batch.deliveries = {nth_delivery(1), nth_delivery(2)};
  batch.deliveries[0].event.type = "refund";
  tell(dispatcher, std::move(batch));
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  CAF_CHECK(mail.last().event == nth_event(2));
}

// -- demand -------------------------------------------------------------------

CAF_TEST(demand names every served route and the room of those that have it) {
  CAF_CHECK(demand().empty());
  auto mail = serve(1, 1, "mail");
  auto print = serve(2, 2, "print");
  dispatch(1, 5, 1);
  auto reply = *ask<current_demand>(dispatcher, get_demand{});
  CAF_CHECK_EQUAL(reply.routes, (std::vector<route_id>{1, 2}));
  CAF_REQUIRE_EQUAL(reply.demand.size(), 1u);
  CAF_CHECK_EQUAL(reply.demand[0].route, 2);
  CAF_CHECK_EQUAL(reply.demand[0].room, 10u);
}

CAF_TEST(whoever found no room is poked once there is) {
  auto mail = serve();
  dispatch(1, 5);
  CAF_CHECK_EQUAL(room(), 0u);
  for (uint32_t n : {1u, 2u}) {
    answer(mail, done());
    confirm(n);
  }
  // The handler turned out to be fast, so half of what it wants is free.
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  confirm(3);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_GREATER(room(), 0u);
}

CAF_TEST(a handler that turns out to be fast has room before it is committed) {
  auto mail = serve();
  dispatch(1, 5);
  CAF_CHECK_EQUAL(room(), 0u);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  answer(mail, done());
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_EQUAL(room(), 395u);
}

CAF_TEST(the end of an ordered delivery is a reason to look for the next) {
  auto mail = serve();
  CAF_CHECK_GREATER(room(), 1u);
  auto end = [&](outcome how, bool ordered) {
    static uint32_t n = 0;
    auto next = nth_delivery(++n);
    next.lease.ordered = ordered;
    tell(dispatcher, dispatch_deliveries{{next}, timespan::max()});
    auto before = pokes.count();
    answer(mail, std::move(how));
    CAF_CHECK_EQUAL(pokes.count(), before); // it is not committed yet
    tell(dispatcher, end_leases{{next.lease}});
    return pokes.count() - before;
  };
  CAF_CHECK_EQUAL(end(done(), true), 1u);
  CAF_CHECK_EQUAL(end(dead("no paper"), true), 1u);
  CAF_CHECK_EQUAL(end(failed("no paper"), true), 0u);
  CAF_CHECK_EQUAL(end(snoozed(1s), true), 0u);
  CAF_CHECK_EQUAL(end(done(), false), 0u);
  drain(30s);
  CAF_CHECK_EQUAL(pokes.count(), 2u);
}

CAF_TEST(an answer makes no room before the store has confirmed it) {
  config.max_in_flight = 1;
  restart();
  auto mail = serve();
  dispatch(1);
  CAF_CHECK_EQUAL(room(), 0u);
  answer(mail, done());
  CAF_CHECK_EQUAL(room(), 0u);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  confirm(1);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_EQUAL(room(), 1u);
}

CAF_TEST(nobody is poked for room that was there all the time) {
  config.max_in_flight = 2;
  restart();
  auto busy = serve(1, 1, "busy");
  auto idle = serve(2, 1, "idle");
  dispatch(1, 2, 1);
  CAF_CHECK_EQUAL(room(1), 0u);
  CAF_CHECK_EQUAL(room(2), 2u);
  dispatch(9, 1, 2);
  answer(idle, done());
  confirm(9, 2);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  answer(busy, done());
  confirm(1, 1);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
}

// -- keys that come and go ----------------------------------------------------

CAF_TEST(a delivery of an unknown route is given back) {
  dispatch(1);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  CAF_CHECK_EQUAL(held().size(), 1u);
  confirm(1);
  CAF_CHECK_EQUAL(held().size(), 0u);
}

CAF_TEST(leaving a route gives the queue back and lets what runs end) {
  auto mail = serve();
  dispatch(1, 3);
  tell(dispatcher, leave_route{1});
  CAF_CHECK_EQUAL(settled.count(), 2u);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::released);
  CAF_CHECK(!mail.last().cancellation.requested());
  CAF_CHECK(stats().lanes.empty());
  CAF_CHECK(demand().empty());
  answer(mail, done());
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::done);
  for (uint32_t n : {1u, 2u, 3u})
    confirm(n);
  CAF_CHECK(held().empty());
  tell(dispatcher, leave_route{1}); // repeating it is harmless
}

CAF_TEST(leaving is answered when the last attempt has ended) {
  auto mail = serve(1, 2);
  dispatch(1, 3);
  auto left = begin<void>(dispatcher, leave_route{1});
  CAF_CHECK(!*left);
  answer(mail, done());
  CAF_CHECK(!*left);
  answer(mail, done());
  CAF_CHECK(*left);
  CAF_CHECK(*begin<void>(dispatcher, leave_route{1}));
}

CAF_TEST(a route that is served anew counts from zero) {
  auto old_one = serve();
  dispatch(1);
  tell(dispatcher, leave_route{1});
  auto new_one = serve();
  dispatch(2, 2);
  CAF_CHECK_EQUAL(new_one.held(), 1u);
  CAF_CHECK_EQUAL(lane().running, 1u);
  CAF_CHECK_EQUAL(lane().queued, 1u);
  // The old attempt ends without an effect on the counters of the new lane.
  answer(old_one, done());
  confirm(1);
  CAF_CHECK_EQUAL(lane().running, 1u);
  CAF_CHECK_EQUAL(lane().settling, 0u);
  CAF_CHECK_EQUAL(new_one.held(), 1u);
  answer(new_one, done());
  CAF_CHECK_EQUAL(new_one.held(), 1u);
  answer(new_one, done());
  confirm(2);
  confirm(3);
  CAF_CHECK_EQUAL(lane().running, 0u);
  CAF_CHECK_EQUAL(lane().settling, 0u);
}

CAF_TEST(a route that is served twice gives the first queue back) {
  auto old_one = serve();
  dispatch(1, 2);
  auto new_one = serve();
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  dispatch(3);
  CAF_CHECK_EQUAL(new_one.held(), 1u);
  answer(old_one, done());
  CAF_CHECK_EQUAL(old_one.count(), 1u);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::done);
}

CAF_TEST(of perilous deliveries one is here to begin with) {
  auto mail = serve(1);
  auto print = serve(2, 1, "print");
  auto room_for_perilous = [this] {
    auto reply = ask_as<current_demand>(poller, dispatcher, get_demand{});
    CAF_REQUIRE(*reply && **reply);
    return (**reply)->perilous;
  };
  CAF_CHECK_EQUAL(room_for_perilous(), 1u);
  dispatch(1);
  CAF_CHECK_EQUAL(room_for_perilous(), 1u);
  auto perilous = nth_delivery(2, 2);
  perilous.perilous = true;
  tell(dispatcher, dispatch_deliveries{{perilous}, timespan::max()});
  CAF_CHECK_EQUAL(room_for_perilous(), 0u);
  answer(mail, done());
  confirm(1);
  CAF_CHECK_EQUAL(room_for_perilous(), 0u);
  answer(print, done());
  CAF_CHECK_EQUAL(room_for_perilous(), 0u);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  confirm(2, 2);
  CAF_CHECK_EQUAL(pokes.count(), 1u); // others of the kind may wait for it
  CAF_CHECK_EQUAL(room_for_perilous(), 2u);
  // One that is lost makes room as well.
  perilous.lease.token += 1;
  tell(dispatcher, dispatch_deliveries{{perilous}, timespan::max()});
  tell(dispatcher, lose_leases{{perilous.lease}});
  CAF_CHECK_EQUAL(room_for_perilous(), 0u); // it runs still
  answer(print, done());
  CAF_CHECK_EQUAL(pokes.count(), 2u);
  CAF_CHECK_EQUAL(room_for_perilous(), 2u);
}

CAF_TEST(payloads are bounded over all handlers) {
  config.max_bytes = 36; // four of "payload 1"
  restart();
  auto mail = serve(1);
  auto print = serve(2, 1, "print");
  dispatch(1, 2, 1);
  CAF_CHECK_GREATER(room(1), 0u);
  dispatch(3, 1, 2);
  CAF_CHECK_EQUAL(room(1), 0u);
  CAF_CHECK_EQUAL(room(2), 0u);
  answer(mail, done());
  CAF_CHECK_EQUAL(pokes.count(), 0u); // it is there until it is settled
  confirm(1);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_GREATER(room(2), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
