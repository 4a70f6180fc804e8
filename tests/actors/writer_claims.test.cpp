#include "writer_fixture.hpp"

#include "../../actors/monotonic.hpp"

// What is claimed by the statement that writes it.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public writer_fixture {
public:
  fixture() {
    lend({{1, 5}});
  }

  void lend(std::vector<route_demand> room, uint64_t bytes = 1000) {
    loans.answer_with([room, bytes](const borrow_room&) {
      return current_demand{room, {}, bytes};
    });
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(writer_claims_tests, fixture)

CAF_TEST(a write claims what there is room for) {
  advance(1s);
  auto reply = write(1, 2);
  CAF_CHECK_EQUAL(ids(reply), ids(1, 2));
  CAF_CHECK_EQUAL(store.count(), 0u);
  CAF_REQUIRE_EQUAL(claiming_store.count(), 1u);
  auto& asked = claiming_store.last();
  CAF_CHECK_EQUAL(asked.events.size(), 2u);
  CAF_CHECK_EQUAL(asked.owner, nth_id(99));
  CAF_CHECK_EQUAL(asked.lease_duration, 20s);
  CAF_CHECK_EQUAL(asked.demand.at(0).room, 5u);
  CAF_REQUIRE_EQUAL(returned.count(), 1u);
  CAF_CHECK_EQUAL(returned.last().deliveries.size(), 2u);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  CAF_CHECK_EQUAL(alerts.count(), 0u); // nothing else is there
}

CAF_TEST(the lease is trusted from the moment of asking) {
  claiming_store.hold();
  auto asked_at = sys.clock().now().time_since_epoch();
  write(1, 1);
  advance(3s);
  claiming_store.release();
  settle_messages();
  CAF_CHECK_EQUAL(returned.last().trusted_until, asked_at + trust_in(20s));
}

CAF_TEST(what was not claimed pokes the poller) {
  claiming_store.answer_with([](const write_and_claim& x) {
    return written_and_claimed{
      {receipt{x.events[0].id, write_result::stored, 2}}, {nth_delivery(1, 1)}};
  });
  write(1, 1);
  CAF_CHECK_EQUAL(returned.last().deliveries.size(), 1u);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
}

CAF_TEST(without room a write is as before) {
  lend({});
  write(1, 1);
  CAF_CHECK_EQUAL(store.count(), 1u);
  CAF_CHECK_EQUAL(claiming_store.count(), 0u);
  CAF_CHECK_EQUAL(returned.count(), 0u);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
}

CAF_TEST(events with more bytes than there is room for are not claimed) {
  lend({{1, 5}}, 10);
  auto events = nth_events(1, 1);
  events[0].payload = std::string(11, 'x');
  write(events);
  CAF_CHECK_EQUAL(store.count(), 1u);
  CAF_CHECK_EQUAL(claiming_store.count(), 0u);
  CAF_REQUIRE_EQUAL(returned.count(), 1u);
  CAF_CHECK(returned.last().deliveries.empty());
}

CAF_TEST(room is given back after a failed write) {
  for (auto code : {errc::outcome_unknown, errc::invalid}) {
    auto before = returned.count();
    claiming_store.fail_next(make_error(code, "store", "no"));
    auto reply = write(1, 1);
    CAF_CHECK_EQUAL(this->code(reply), code);
    CAF_REQUIRE_EQUAL(returned.count(), before + 1);
    CAF_CHECK(returned.last().deliveries.empty());
  }
}

CAF_TEST(a poller that is gone lends nothing) {
  loans.fail_next(make_error(errc::stopped, "poller", "gone"));
  auto reply = write(1, 1);
  CAF_CHECK_EQUAL(ids(reply), ids(1, 1));
  CAF_CHECK_EQUAL(store.count(), 1u);
}

CAF_TEST(calls that come while room is asked for share the statement) {
  loans.hold();
  auto first = write(1, 1);
  auto second = write(2, 1);
  loans.release();
  settle_messages();
  CAF_CHECK_EQUAL(claiming_store.count(), 1u);
  CAF_CHECK_EQUAL(ids(first), ids(1, 1));
  CAF_CHECK_EQUAL(ids(second), ids(2, 1));
}

CAF_TEST_FIXTURE_SCOPE_END()
