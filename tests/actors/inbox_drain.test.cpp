#include "inbox_fixture.hpp"

// How an inbox ends in good order.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

const auto gone = make_error(errc::connection_lost, "store", "gone");

class fixture : public inbox_fixture {
public:
  handler_script mail;
  bool ended = false;

  fixture() {
    mail.hold();
    CAF_CHECK(!handlers.on_actor(
      "order", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(mail))));
  }

  void run() {
    inbox_fixture::run(connection_use::per_role);
    inbox->attach_functor([this](const caf::error&) { ended = true; });
  }

  void check(const pending<drain_report>& drained, uint64_t finished,
             uint64_t released, uint64_t abandoned) {
    CAF_REQUIRE(*drained && **drained);
    CAF_CHECK_EQUAL((**drained)->finished, finished);
    CAF_CHECK_EQUAL((**drained)->released, released);
    CAF_CHECK_EQUAL((**drained)->abandoned, abandoned);
    CAF_CHECK(ended);
    CAF_CHECK_EQUAL(faults.open_now(), 0u);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_drain_tests, fixture)

CAF_TEST(an idle inbox ends at once and closes its connections) {
  run();
  CAF_CHECK_GREATER(faults.open_now(), 0u);
  check(drain(), 0, 0, 0);
  CAF_CHECK(log.has("drain_began"));
  CAF_CHECK(log.has("drain_ended finished=0 released=0 abandoned=0 stuck=0"));
  CAF_CHECK(!log.has("actor_failed"));
}

CAF_TEST(what runs may finish and the rest is given back) {
  run();
  for (uint32_t n = 1; n <= 3; ++n)
    write(n);
  auto drained = drain();
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  CAF_CHECK_EQUAL(status_of(2), status::pending);
  CAF_CHECK_EQUAL(status_of(3), status::pending);
  CAF_CHECK_EQUAL(info(2).attempts, 0u);
  advance(5s);
  CAF_CHECK(!*drained);
  mail.answer(done());
  settle_messages();
  check(drained, 1, 2, 0);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(mail.count(), 1u);
}

CAF_TEST(after the grace period what runs is given back uncounted) {
  config.drain_grace = 4s;
  run();
  write(1);
  auto drained = drain();
  advance(4s);
  CAF_CHECK(mail.last().cancellation.requested());
  CAF_CHECK(!*drained);
  advance(config.lease_duration / 6);
  check(drained, 0, 1, 0);
  CAF_CHECK_EQUAL(status_of(1), status::pending);
  CAF_CHECK_EQUAL(info(1).attempts, 0u);
  CAF_CHECK(info(1).due > virtual_now()); // it may go on for so long
  mail.answer(done());                    // nobody listens
  settle_messages();
  CAF_CHECK_EQUAL(status_of(1), status::pending);
}

CAF_TEST(leases are kept alive while draining) {
  config.drain_grace = 100s;
  config.handler_timeout = 90s;
  config.lease_duration = 91s;
  run();
  write(1);
  advance(1s);
  auto until = *info(1).lease_until;
  auto drained = drain();
  advance(80s);
  CAF_CHECK(*info(1).lease_until > until);
  mail.answer(done());
  settle_messages();
  check(drained, 1, 0, 0);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(while draining nothing new is taken up) {
  run();
  write(1);
  auto drained = drain();
  auto late = ask<written_events>(inbox, write_events{{nth_event(2)}});
  CAF_CHECK(!late && code_of(late.error()) == errc::stopped);
  auto handler
    = caf::actor_cast<caf::actor>(play<handler_actor>(handler_script{}));
  auto added = ask<registered_handler>(inbox, register_handler{"order", "print",
                                                               handler, 1});
  CAF_CHECK(!added && code_of(added.error()) == errc::stopped);
  // Another node writes; this one does not claim it.
  CAF_CHECK(place.open()->write({nth_event(3)}));
  advance(9s);
  CAF_CHECK_EQUAL(status_of(3), status::pending);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  // Questions are answered as before.
  CAF_CHECK(ask<event_record>(inbox, find_event{nth_id(1)})->event);
  CAF_CHECK_EQUAL(stats().lanes.size(), 1u);
  mail.answer(done());
  settle_messages();
  check(drained, 1, 0, 0);
}

CAF_TEST(whoever asks again gets the same report) {
  run();
  write(1);
  auto first = drain();
  auto second = drain();
  CAF_CHECK_EQUAL(log.count("drain_began"), 1u);
  mail.answer(failed("no paper"));
  settle_messages();
  check(first, 1, 0, 0);
  check(second, 1, 0, 0);
  CAF_CHECK_EQUAL(log.count("drain_ended"), 1u);
  auto late = drain(); // it is gone
  CAF_CHECK(*late && !**late);
}

CAF_TEST(a store that comes back within its deadline loses nothing) {
  run();
  write(1);
  faults.fail_next("settle", gone, 3);
  auto drained = drain();
  mail.answer(done());
  settle_messages();
  CAF_CHECK(!*drained);
  advance(5s);
  check(drained, 1, 0, 0);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(what the store does not confirm is abandoned) {
  config.drain_grace = 4s;
  run();
  write(1);
  write(2);
  faults.fail_next("settle", gone, 1000);
  auto drained = drain();
  advance(4s + config.lease_duration / 6 + config.store.deadline - 1ms);
  CAF_CHECK(!*drained);
  advance(1s);
  check(drained, 0, 2, 2);
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
}

CAF_TEST(a drain that begins before the store was there ends as well) {
  faults.fail_open(gone, 1000);
  run();
  auto drained = drain();
  advance(1s);
  CAF_REQUIRE(*drained);
  CAF_CHECK(**drained);
  CAF_CHECK(ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
