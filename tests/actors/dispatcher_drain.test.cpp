#include "dispatcher_fixture.hpp"

// How a dispatcher comes to rest.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public dispatcher_fixture {
public:
  handler_script mail = serve();

  /// Checks that the drain has ended, with this report.
  void check(const pending<drain_report>& drained, uint64_t finished,
             uint64_t released, uint64_t abandoned) {
    CAF_REQUIRE(*drained);
    CAF_REQUIRE(**drained);
    CAF_CHECK_EQUAL((**drained)->finished, finished);
    CAF_CHECK_EQUAL((**drained)->released, released);
    CAF_CHECK_EQUAL((**drained)->abandoned, abandoned);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatcher_drain_tests, fixture)

CAF_TEST(an idle dispatcher is drained at once) {
  check(drain(30s), 0, 0, 0);
  check(drain(30s), 0, 0, 0);
}

CAF_TEST(the queue is given back at once and what runs may finish) {
  dispatch(1, 3);
  auto drained = drain(30s);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::released);
  CAF_CHECK_EQUAL(settled.count(), 2u);
  confirm(2);
  confirm(3);
  CAF_CHECK(!*drained);
  answer(mail, done());
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::done);
  CAF_CHECK(!*drained); // not before the store has confirmed
  confirm(1);
  check(drained, 1, 2, 0);
  CAF_CHECK_EQUAL(mail.count(), 1u);
}

CAF_TEST(a failure while draining is a failure) {
  dispatch(1);
  auto drained = drain(30s);
  answer(mail, failed("no paper"));
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
  confirm(1);
  check(drained, 1, 0, 0);
}

CAF_TEST(nothing is claimed and nothing poked while draining) {
  config.max_in_flight = 2;
  restart();
  mail = serve();
  dispatch(1, 2);
  CAF_CHECK_EQUAL(room(), 0u);
  drain(30s);
  CAF_CHECK(demand().empty());
  confirm(2);
  answer(mail, done());
  confirm(1);
  CAF_CHECK(demand().empty());
  CAF_CHECK_EQUAL(pokes.count(), 0u);
}

CAF_TEST(a claim that arrives while draining is given back) {
  dispatch(1);
  auto drained = drain(30s);
  dispatch(2, 2);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::released);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  answer(mail, done());
  for (uint32_t n : {1u, 2u, 3u})
    confirm(n);
  check(drained, 1, 2, 0);
}

CAF_TEST(after the grace period what runs is canceled) {
  dispatch(1);
  auto drained = drain(4s);
  advance(4s - 1ms);
  CAF_CHECK(!mail.last().cancellation.requested());
  advance(1ms);
  CAF_CHECK(mail.last().cancellation.requested());
  CAF_CHECK_EQUAL(settled.count(), 0u); // it has some time to notice
  // A canceled attempt is no failure.
  answer(mail, failed("canceled"));
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  confirm(1);
  check(drained, 0, 1, 0);
}

CAF_TEST(a canceled attempt may still be done) {
  dispatch(1);
  auto drained = drain(4s);
  advance(5s);
  answer(mail, done());
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::done);
  confirm(1);
  check(drained, 1, 0, 0);
}

CAF_TEST(what goes on in spite of that is for nobody else before its deadline) {
  dispatch(1);
  auto drained = drain(4s);
  advance(6s - 1ms);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  advance(1ms);
  // Snoozed: it does not count, and is due when its ten seconds are over.
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::snoozed);
  CAF_CHECK_EQUAL(settlement_of(1).delay, timespan{4s});
  CAF_CHECK(!*drained);
  answer(mail, done()); // too late
  CAF_CHECK_EQUAL(settled.count(), 1u);
  confirm(1);
  check(drained, 0, 1, 0);
}

CAF_TEST(a canceled attempt may answer after all is over) {
  dispatch(1);
  auto drained = drain(4s);
  advance(6s);
  confirm(1);
  check(drained, 0, 1, 0);
  answer(mail, done());
  advance(60s); // neither its deadline nor that of the store matters now
  CAF_CHECK_EQUAL(settled.count(), 1u);
}

CAF_TEST(no grace at all cancels at once) {
  dispatch(1, 2);
  auto drained = drain(0s);
  advance(0s);
  CAF_CHECK(mail.last().cancellation.requested());
  advance(2s);
  CAF_CHECK_EQUAL(settled.count(), 2u);
  confirm(1);
  confirm(2);
  check(drained, 0, 2, 0);
}

CAF_TEST(what the store does not confirm is abandoned) {
  dispatch(1, 2);
  auto drained = drain(4s);
  advance(6s);
  confirm(1);
  advance(8s - 1ms);
  CAF_CHECK(!*drained);
  advance(1ms);
  check(drained, 0, 2, 1);
  confirm(2); // too late to matter
}

CAF_TEST(a lost attempt holds up nothing) {
  dispatch(1, 2);
  auto drained = drain(30s);
  confirm(2);
  CAF_CHECK(!*drained);
  lose(1);
  check(drained, 0, 1, 0);
  answer(mail, done());
  CAF_CHECK_EQUAL(settled.count(), 1u);
}

CAF_TEST(work for a stuck handler counts as given back) {
  dispatch(1);
  auto drained = drain(30s);
  mail.answer(make_error(errc::handler_stuck, "mail", "do not return"));
  settle_messages();
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  confirm(1);
  check(drained, 0, 1, 0);
}

CAF_TEST(whoever asks again gets the same report) {
  dispatch(1, 2);
  auto first = drain(30s);
  auto second = drain(1s); // the first grace period counts
  advance(4s);
  CAF_CHECK(!*second);
  CAF_CHECK(!mail.last().cancellation.requested());
  CAF_CHECK_EQUAL(settled.count(), 1u); // what waited, once
  answer(mail, done());
  confirm(1);
  confirm(2);
  check(first, 1, 1, 0);
  check(second, 1, 1, 0);
  check(drain(30s), 1, 1, 0);
}

CAF_TEST(leases are held while draining) {
  dispatch(1, 2);
  drain(30s);
  CAF_CHECK_EQUAL(held().size(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
