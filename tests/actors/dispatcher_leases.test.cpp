#include "dispatcher_fixture.hpp"

#include <algorithm>

// Leases that are held, renewed, and lost.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(dispatcher_leases_tests, dispatcher_fixture)

// -- leases -------------------------------------------------------------------

CAF_TEST(leases are held from the claim to the confirmation) {
  auto mail = serve();
  dispatch(1, 3);
  answer(mail, done());
  // One settling, one running, one queued.
  CAF_CHECK_EQUAL(held().size(), 3u);
  confirm(1);
  auto rest = held();
  std::sort(rest.begin(), rest.end());
  CAF_REQUIRE_EQUAL(rest.size(), 2u);
  CAF_CHECK(rest[0] == nth_lease(2) && rest[1] == nth_lease(3));
}

CAF_TEST(a lost delivery in the queue is dropped) {
  auto mail = serve();
  dispatch(1, 3);
  lose(2);
  CAF_CHECK_EQUAL(held().size(), 2u);
  CAF_CHECK_EQUAL(lane().queued, 1u);
  CAF_CHECK_EQUAL(stats().lost, 1u);
  answer(mail, done());
  CAF_CHECK(mail.last().event == nth_event(3));
  CAF_CHECK_EQUAL(settled.count(), 1u);
}

CAF_TEST(a lost delivery that runs is canceled and not settled) {
  auto mail = serve();
  dispatch(1, 2);
  lose(1);
  CAF_CHECK(mail.last().cancellation.requested());
  CAF_CHECK_EQUAL(stats().lost, 1u);
  CAF_CHECK_EQUAL(held().size(), 1u);
  // Its handler is still at it, so its slot stays taken.
  CAF_CHECK_EQUAL(lane().running, 1u);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  answer(mail, done());
  CAF_CHECK_EQUAL(settled.count(), 0u);
  CAF_CHECK_EQUAL(mail.count(), 2u);
  CAF_CHECK_EQUAL(lane().running, 1u);
  CAF_CHECK_EQUAL(lane().settling, 0u);
}

CAF_TEST(the deadline frees the slot of a lost delivery as well) {
  auto mail = serve();
  dispatch(1, 2);
  lose(1);
  lose(1); // counted once
  CAF_CHECK_EQUAL(stats().lost, 1u);
  advance(10s);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  CAF_CHECK(mail.last().event == nth_event(2));
}

CAF_TEST(a lost delivery that is being settled is left to the store) {
  auto mail = serve();
  dispatch(1);
  answer(mail, done());
  lose(1);
  CAF_CHECK_EQUAL(held().size(), 1u);
  CAF_CHECK_EQUAL(lane().settling, 1u);
  CAF_CHECK_EQUAL(stats().lost, 0u); // the completer counts it, if it is so
  confirm(1);
  CAF_CHECK_EQUAL(lane().settling, 0u);
}

CAF_TEST(a lease that nobody knows is no loss) {
  lose(1);
  confirm(1);
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(the end of a lost attempt makes room) {
  config.max_in_flight = 1;
  restart();
  auto mail = serve();
  dispatch(1);
  lose(1);
  CAF_CHECK_EQUAL(room(), 0u);
  answer(mail, done());
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_EQUAL(room(), 1u);
}

CAF_TEST(a dropped queue makes room) {
  config.max_in_flight = 2;
  restart();
  auto mail = serve();
  dispatch(1, 2);
  CAF_CHECK_EQUAL(room(), 0u);
  lose(2);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
}

CAF_TEST(a delivery may run again here under a new lease) {
  auto mail = serve(1, 2);
  dispatch(1);
  lose(1);
  auto again = nth_delivery(1, 1, 2);
  again.lease.token += 1;
  tell(dispatcher, dispatch_deliveries{{again}, timespan::max()});
  CAF_CHECK_EQUAL(mail.held(), 2u);
  answer(mail, failed("late"));
  CAF_CHECK_EQUAL(settled.count(), 0u);
  answer(mail, done());
  CAF_REQUIRE_EQUAL(settled.count(), 1u);
  CAF_CHECK(settled.last().settlement.lease == again.lease);
}

// -- leases that are not renewed ----------------------------------------------

CAF_TEST(what waits is watched behind what ends before) {
  trust = 5s;
  auto mail = serve();
  dispatch(1);
  trust = 8s;
  dispatch(2);
  advance(5s);
  CAF_CHECK(mail.last().cancellation.requested());
  CAF_CHECK_EQUAL(settled.count(), 0u);
  advance(3s);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
}

CAF_TEST(what waits under a lease that runs out is given back uncounted) {
  trust = 5s;
  auto mail = serve();
  dispatch(1, 3);
  advance(5s - 1ms);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  advance(1ms);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::released);
  CAF_CHECK_EQUAL(settled.count(), 2u);
  CAF_CHECK_EQUAL(lane().queued, 0u);
  CAF_CHECK_EQUAL(lane().settling, 2u);
  confirm(2);
  confirm(3);
  CAF_CHECK_EQUAL(lane().settling, 0u);
}

CAF_TEST(what runs under a lease that runs out is canceled and reported) {
  trust = 5s;
  auto mail = serve();
  dispatch(1);
  CAF_CHECK(!mail.last().cancellation.requested());
  advance(5s);
  CAF_CHECK(mail.last().cancellation.requested());
  CAF_CHECK_EQUAL(lane().running, 1u);
  CAF_REQUIRE_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(code_of(errors.last().reason), errc::lease_lost);
  advance(4s); // nothing more happens until it answers
  CAF_CHECK_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(settled.count(), 0u);
}

CAF_TEST(a canceled attempt that is done all the same is settled) {
  trust = 5s;
  auto mail = serve();
  dispatch(1);
  advance(5s);
  answer(mail, done());
  // The fence decides whether it still counts.
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::done);
}

CAF_TEST(the failure of a canceled attempt is none) {
  trust = 5s;
  auto mail = serve();
  dispatch(1);
  advance(5s);
  answer(mail, failed("canceled"));
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
}

CAF_TEST(a renewed lease is relied on for longer) {
  trust = 5s;
  auto mail = serve();
  dispatch(1, 2);
  advance(4s);
  tell(dispatcher, extend_leases{{nth_lease(1)}, monotonic_now(&*self) + 5s});
  advance(1s); // the end of the other one
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK(!mail.last().cancellation.requested());
  advance(4s - 1ms);
  CAF_CHECK(!mail.last().cancellation.requested());
  advance(1ms);
  CAF_CHECK(mail.last().cancellation.requested());
}

CAF_TEST(an answer to an old renewal takes nothing back) {
  trust = 5s;
  auto mail = serve();
  dispatch(1, 2);
  tell(dispatcher,
       extend_leases{{nth_lease(1), nth_lease(2)}, monotonic_now(&*self) + 1s});
  advance(5s - 1ms);
  CAF_CHECK(!mail.last().cancellation.requested());
  answer(mail, done());
  CAF_CHECK(mail.last().event == nth_event(2));
}

CAF_TEST(a claim whose answer comes too late is not begun) {
  trust = 0s;
  auto mail = serve();
  dispatch(1, 2);
  CAF_CHECK_EQUAL(mail.count(), 0u);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(lane().running, 0u);
  CAF_CHECK_EQUAL(lane().queued, 0u);
  CAF_CHECK_EQUAL(lane().settling, 2u);
  CAF_REQUIRE_GREATER(errors.count(), 0u);
  CAF_CHECK_EQUAL(code_of(errors.last().reason), errc::lease_lost);
  confirm(1);
  confirm(2);
  CAF_CHECK_EQUAL(lane().settling, 0u);
}

CAF_TEST(each lease runs out by itself) {
  auto mail = serve(1, 10);
  for (uint32_t n : {3u, 1u, 2u}) {
    trust = n * 1s;
    dispatch(n);
  }
  for (auto left : {3u, 2u, 1u}) {
    auto running
      = std::count_if(mail.got().begin(), mail.got().end(),
                      [](auto& x) { return !x.cancellation.requested(); });
    CAF_CHECK_EQUAL(static_cast<uint32_t>(running), left);
    advance(1s);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
