#include "../../actors/renewer.hpp"

#include "../support/actor_fixture.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

const auto away = make_error(errc::connection_lost, "store", "gone");

/// A renewer with leases of 12 s between a dispatcher and a store.
class fixture : public actor_fixture {
public:
  script<held_leases, get_leases> leases;
  mailbox<lose_leases> lost;
  script<renewed_leases, renew_leases> store;
  renewer_actor renewer;

  void run(uint32_t held, uint32_t batch_size = 100) {
    hold_leases(held);
    renewer = caf::actor_cast<renewer_actor>(start<renewer_impl>(
      play<lease_holding_actor>(leases, lost), play<renewing_store>(store), 12s,
      batch_size));
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
  store.answer_with([](const renew_leases& x) {
    return renewed_leases{{x.leases.front()}};
  });
  advance(4s);
  CAF_REQUIRE_EQUAL(lost.count(), 2u);
  CAF_CHECK(lost.got()[0].leases == std::vector<lease>{nth_lease(1)});
  CAF_CHECK(lost.got()[1].leases == std::vector<lease>{nth_lease(3)});
}

// -- when leases run out ------------------------------------------------------

CAF_TEST(one failure is made up for by the next round) {
  run(2);
  store.fail_next(away);
  advance(60s);
  CAF_CHECK_EQUAL(store.count(), 15u);
  CAF_CHECK_EQUAL(lost.count(), 0u);
}

CAF_TEST(when the store fails all is given up before the leases end) {
  run(2);
  advance(4s); // renewed: good until 16 s
  store.fail_next(away, 100);
  advance(10s - 1ms);
  CAF_CHECK_EQUAL(lost.count(), 0u);
  advance(1ms);
  CAF_REQUIRE_EQUAL(lost.count(), 1u);
  CAF_CHECK_EQUAL(lost.last().leases.size(), 2u);
}

CAF_TEST(when the store does not answer all is given up before the end) {
  for (auto good_rounds : {0, 1, 2}) {
    store = {};
    lost = {};
    run(2);
    advance(good_rounds * 4s);
    store.hold();
    advance(10s - 1ms);
    CAF_CHECK_EQUAL(lost.count(), 0u);
    advance(1ms);
    CAF_CHECK_EQUAL(lost.count(), 1u);
    CAF_CHECK_EQUAL(store.held(), 1u); // nor is there a second statement
  }
}

CAF_TEST(when the store stops answering at the last try all is given up) {
  run(2);
  store.fail_next(away);
  advance(4s);
  store.hold();
  advance(6s);
  CAF_CHECK_EQUAL(lost.count(), 1u);
}

CAF_TEST(a round that ends in its second batch is no success) {
  run(4, 2);
  store.answer_with(
    [](const renew_leases& x) -> caf::expected<renewed_leases> {
      if (x.leases.front() == nth_lease(3))
        return away;
      return renewed_leases{};
    });
  advance(10s);
  CAF_REQUIRE_EQUAL(lost.count(), 1u);
  CAF_CHECK_EQUAL(lost.last().leases.size(), 4u);
}

CAF_TEST(a slow answer counts from the moment of the question) {
  run(1);
  store.hold();
  advance(9s);
  store.release(); // renewed at 4 s, as far as anybody knows: good until 16 s
  settle_messages();
  store.hold();
  advance(5s - 1ms);
  CAF_CHECK_EQUAL(lost.count(), 0u);
  advance(1ms);
  CAF_CHECK_EQUAL(lost.count(), 1u);
}

CAF_TEST(what is claimed after all was given up is good again) {
  run(2);
  store.hold();
  advance(10s);
  CAF_CHECK_EQUAL(lost.count(), 1u);
  store.release(); // the old answer, too late to tell anything new
  settle_messages();
  advance(60s);
  CAF_CHECK_EQUAL(lost.count(), 1u);
}

CAF_TEST(nothing held means nothing to give up) {
  run(0);
  store.fail_next(away, 100);
  advance(9s);
  hold_leases(1); // claimed at 9 s, but trusted only since the round at 8 s
  advance(9s - 1ms);
  CAF_CHECK_EQUAL(lost.count(), 0u);
  advance(1ms);
  CAF_CHECK_EQUAL(lost.count(), 1u);
}

// -- the end ------------------------------------------------------------------

CAF_TEST(the end of duty ends the rounds and the watch) {
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
