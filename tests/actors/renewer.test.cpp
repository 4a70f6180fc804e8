#include "../../actors/renewer.hpp"
#include "../../actors/monotonic.hpp"

#include "../support/actor_fixture.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

/// A renewer with leases of 12 s between a dispatcher and a store.
class fixture : public actor_fixture {
public:
  script<held_leases, get_leases> leases;
  mailbox<extend_leases> extended;
  mailbox<lose_leases> lost;
  script<renewed_leases, renew_leases> store;
  renewer_actor renewer;

  void run(uint32_t held, uint32_t batch_size = 100) {
    hold_leases(held);
    renewer = caf::actor_cast<renewer_actor>(
      start<renewer_impl>(play<lease_holding_actor>(leases, extended, lost),
                          play<renewing_store>(store), 12s, batch_size));
  }

  timespan now_in_spans() {
    return monotonic_now(&*self);
  }

  /// Makes the dispatcher hold the leases 1 to `count`.
  void hold_leases(uint32_t count) {
    leases.answer_with([count](const get_leases&) {
      held_leases reply;
      for (uint32_t n = 1; n <= count; ++n)
        reply.leases.push_back(nth_lease(n));
      return reply;
    });
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(renewer_tests, fixture)

CAF_TEST(leases are renewed three times in their duration) {
  run(2);
  advance(4s - 1ms);
  CAF_CHECK_EQUAL(store.count(), 0u);
  advance(1ms);
  CAF_REQUIRE_EQUAL(store.count(), 1u);
  CAF_CHECK_EQUAL(store.last().duration, timespan{12s});
  CAF_CHECK(store.last().leases
            == (std::vector<lease>{nth_lease(1), nth_lease(2)}));
  advance(36s);
  CAF_CHECK_EQUAL(store.count(), 10u);
  CAF_CHECK_EQUAL(lost.count(), 0u);
}

CAF_TEST(many leases are renewed batch by batch) {
  run(8, 3);
  store.hold();
  advance(4s);
  std::vector<size_t> sizes;
  while (store.held() > 0) {
    CAF_CHECK_EQUAL(store.held(), 1u); // one after another
    sizes.push_back(store.last().leases.size());
    store.answer_oldest();
    settle_messages();
  }
  CAF_CHECK_EQUAL(sizes, (std::vector<size_t>{3, 3, 2}));
  CAF_CHECK(store.last().leases.back() == nth_lease(8));
}

CAF_TEST(without leases there is no statement) {
  run(0);
  advance(120s);
  CAF_CHECK_EQUAL(store.count(), 0u);
  CAF_CHECK_EQUAL(lost.count(), 0u);
}

CAF_TEST(what others have taken is told to the dispatcher) {
  run(3, 2);
  store.answer_with(
    [](const renew_leases& x) { return renewed_leases{{x.leases.front()}}; });
  advance(4s);
  CAF_REQUIRE_EQUAL(lost.count(), 2u);
  CAF_CHECK(lost.got()[0].leases == std::vector<lease>{nth_lease(1)});
  CAF_CHECK(lost.got()[1].leases == std::vector<lease>{nth_lease(3)});
}

CAF_TEST(what was renewed is good from the moment of the question) {
  run(3, 2);
  store.answer_with(
    [](const renew_leases& x) { return renewed_leases{{x.leases.front()}}; });
  store.hold();
  advance(9s);
  auto asked = now_in_spans() - 5s; // the first batch, at 4 s
  store.answer_oldest();
  settle_messages();
  CAF_REQUIRE_EQUAL(extended.count(), 1u);
  CAF_CHECK(extended.last().leases == std::vector<lease>{nth_lease(2)});
  CAF_CHECK_EQUAL(extended.last().trusted_until, asked + 10s);
  advance(1s);
  store.answer_oldest(); // the second batch, asked at 9 s
  settle_messages();
  CAF_REQUIRE_EQUAL(extended.count(), 2u);
  CAF_CHECK(extended.last().leases.empty());
  CAF_CHECK_EQUAL(extended.last().trusted_until, asked + 5s + 10s);
}

// -- when the store fails -----------------------------------------------------

CAF_TEST(a failure is made up for soon) {
  run(2);
  store.fail_next(away, 2);
  advance(4s);
  CAF_CHECK_EQUAL(store.count(), 1u);
  advance(1s);
  CAF_CHECK_EQUAL(store.count(), 2u);
  CAF_CHECK_EQUAL(extended.count(), 0u);
  advance(1s);
  CAF_CHECK_EQUAL(store.count(), 3u);
  CAF_CHECK_EQUAL(extended.count(), 1u);
  advance(4s - 1ms); // and then it goes on as usual
  CAF_CHECK_EQUAL(store.count(), 3u);
  advance(1ms);
  CAF_CHECK_EQUAL(store.count(), 4u);
}

CAF_TEST(a round that fails in its second batch begins anew) {
  run(4, 2);
  store.answer_with([](const renew_leases& x) -> caf::expected<renewed_leases> {
    if (x.leases.front() == nth_lease(3))
      return away;
    return renewed_leases{};
  });
  advance(4s);
  CAF_CHECK_EQUAL(extended.count(), 1u);
  advance(1s);
  CAF_CHECK_EQUAL(store.count(), 4u);
  CAF_CHECK(store.got()[2].leases.front() == nth_lease(1));
}

CAF_TEST(a store that does not answer gets no second statement) {
  run(2);
  store.hold();
  advance(60s);
  CAF_CHECK_EQUAL(store.held(), 1u);
  store.release();
  advance(1ms);
  CAF_CHECK_GREATER(store.count(), 1u); // the next round was due long ago
}

// -- the end ------------------------------------------------------------------

CAF_TEST(the end of duty ends the rounds) {
  run(2);
  advance(4s);
  tell(renewer, end_duty{});
  advance(60s);
  CAF_CHECK_EQUAL(store.count(), 1u);
  CAF_CHECK_EQUAL(lost.count(), 0u);
  CAF_CHECK(!has_pending_timeout());
}

CAF_TEST(an answer after the end of duty starts nothing) {
  run(2);
  store.hold();
  advance(4s);
  tell(renewer, end_duty{});
  store.release();
  advance(60s);
  CAF_CHECK_EQUAL(lost.count(), 0u);
  CAF_CHECK(!has_pending_timeout());
}

CAF_TEST_FIXTURE_SCOPE_END()
