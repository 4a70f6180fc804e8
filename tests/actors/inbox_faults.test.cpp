#include "inbox_fixture.hpp"

#include <map>
#include <optional>

// A store that fails under a whole inbox, and actors that fail themselves.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

const auto gone = make_error(errc::connection_lost, "store", "gone");
const auto doubt = make_error(errc::outcome_unknown, "store", "no answer");

class fixture : public inbox_fixture {
public:
  std::map<uuid, size_t> calls;

  fixture() {
    CAF_CHECK(!handlers.on("order", "mail", [this](const delivery& x) {
      ++calls[x.event().id];
    }));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_faults_tests, fixture)

CAF_TEST(a write whose answer was lost may be repeated) {
  run();
  faults.lose_next("write", doubt);
  auto reply = ask<written_events>(inbox, write_events{{nth_event(1)}});
  CAF_CHECK(!reply && code_of(reply.error()) == errc::outcome_unknown);
  CAF_CHECK_EQUAL(write(1).result, write_result::duplicate);
  // The write had claimed it as well.
  advance(config.lease_duration + config.iteration_rate);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(calls[nth_id(1)], 1u);
}

CAF_TEST(a claim whose answer was lost is claimed again after its lease) {
  run();
  faults.lose_next("claim", doubt);
  auto event = nth_event(1);
  event.ordering_key = "a"; // no write claims it
  CAF_CHECK(ask<written_events>(inbox, write_events{{event}}));
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  CAF_CHECK_EQUAL(calls.size(), 0u);
  advance(config.lease_duration + config.iteration_rate);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(calls[nth_id(1)], 1u);
}

CAF_TEST(a settlement that failed is repeated and not the work) {
  run();
  faults.fail_next("settle", gone, 3);
  write(1);
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  advance(10s);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(calls[nth_id(1)], 1u);
  CAF_CHECK_EQUAL(errors.count(), 3u);
  CAF_CHECK_EQUAL(stats().errors, 3u);
}

CAF_TEST(a settlement whose answer was lost has happened once) {
  run();
  faults.lose_next("settle", doubt);
  write(1);
  advance(60s);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(calls[nth_id(1)], 1u);
  CAF_CHECK_EQUAL(stats().done, 1u);
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(while leases cannot be renewed others may take over safely) {
  handler_script slow;
  slow.hold();
  CAF_CHECK(!handlers.on_actor(
    "slow", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(slow))));
  config.handler_timeout = 19s;
  run();
  write(1, "slow");
  auto until = *info(1).lease_until;
  faults.fail_next("renew", gone, 1000);
  faults.fail_next("claim", gone, 1000);
  faults.fail_next("settle", gone, 6); // until 23 s
  advance(17s);
  CAF_CHECK(slow.last().cancellation.requested());
  // It was canceled before the lease was over.
  CAF_CHECK_EQUAL(info(1).lease_until, until);
  CAF_CHECK(virtual_now() < until);
  slow.answer(done());
  settle_messages();
  advance(4s);
  CAF_CHECK(virtual_now() > until);
  auto other = place.open();
  auto route = other->add(add_route{"slow", "mail"})->route;
  auto taken = other->claim({nth_id(98), {{route, 1}}, 1, 60s, 5});
  CAF_REQUIRE_EQUAL(taken->claimed.size(), 1u);
  advance(10s); // the settlement arrives, and is fenced off
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  CAF_CHECK_EQUAL(*info(1).lease_owner, nth_id(98));
  CAF_CHECK_EQUAL(stats().lost, 1u);
  CAF_CHECK_EQUAL(stats().done, 0u);
}

CAF_TEST(work done without renewals counts if nobody took over) {
  handler_script slow;
  slow.hold();
  CAF_CHECK(!handlers.on_actor(
    "slow", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(slow))));
  config.handler_timeout = 19s;
  run();
  write(1, "slow");
  faults.fail_next("renew", gone, 1000);
  advance(17s);
  slow.answer(done());
  settle_messages();
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(an outage is survived by everything) {
  run();
  for (auto* verb : {"write", "claim", "settle", "renew", "route"})
    faults.fail_next(verb, gone, 2);
  for (uint32_t n = 1; n <= 5; ++n) {
    auto reply = ask<written_events>(inbox, write_events{{nth_event(n)}});
    CAF_CHECK_EQUAL(static_cast<bool>(reply), n > 2);
  }
  advance(120s);
  for (uint32_t n = 3; n <= 5; ++n) {
    CAF_CHECK_EQUAL(status_of(n), status::done);
    CAF_CHECK_EQUAL(calls[nth_id(n)], 1u);
  }
}

CAF_TEST(the failure of an actor ends the inbox with its reason) {
  run(connection_use::one_and_reports);
  std::optional<caf::error> reason;
  inbox->attach_functor([&reason](const caf::error& x) { reason = x; });
  // Not even a std::exception: the store worker does not survive that.
  faults.throw_next("write", 42);
  auto reply = begin<written_events>(inbox, write_events{{nth_event(1)}});
  CAF_CHECK(*reply && !**reply);
  CAF_REQUIRE(reason);
  CAF_CHECK(*reason);
  CAF_CHECK(*reason != caf::error{caf::exit_reason::user_shutdown});
  CAF_CHECK(log.has("actor_failed"));
  // All others have ended as well, with their connections.
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
}

CAF_TEST(an exit message ends the inbox and leaves leases to expire) {
  handler_script slow;
  slow.hold();
  CAF_CHECK(!handlers.on_actor(
    "slow", "mail", caf::actor_cast<caf::actor>(play<handler_actor>(slow))));
  run();
  write(1, "slow");
  stop(inbox);
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  CAF_CHECK(!log.has("actor_failed"));
}

CAF_TEST_FIXTURE_SCOPE_END()
