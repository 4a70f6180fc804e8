#include "../../actors/lane.hpp"

#include "../support/samples.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/test/unit_test.hpp>

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  caf::actor one = make_actor();
  caf::actor another = make_actor();

  caf::actor make_actor() {
    return sys.spawn([] { return caf::behavior{[](int) {}}; });
  }

  static serve_route sharing(const caf::actor& who, uint32_t concurrency) {
    return {1, "order", "mail", who, concurrency, false, true};
  }

  lane make_shared_lane(uint32_t concurrency) {
    return lane{sharing(one, concurrency), 400};
  }

  lane make(uint32_t concurrency, uint32_t max_in_flight = 400) {
    return lane{serve_route{1, "order", "mail", nullptr, concurrency},
                max_in_flight};
  }

  void enqueue(lane& x, uint32_t first, uint32_t count) {
    for (uint32_t n = first; n < first + count; ++n)
      x.enqueue(nth_lease(n));
  }

  /// Lets a lane learn that one run takes `duration`.
  void learn(lane& x, timespan duration) {
    x.enqueue(nth_lease(1));
    lease which;
    CAF_REQUIRE(x.start_next(which) != nullptr);
    finish(x, duration);
    x.settled();
  }

  /// Ends a run of the only handler.
  static void finish(lane& x, timespan duration) {
    x.finish(*x.only_handler(), duration);
  }

  /// Starts all that may start and returns their numbers.
  std::vector<event_seq> start_all(lane& x) {
    std::vector<event_seq> result;
    for (lease which; x.start_next(which);)
      result.push_back(which.seq);
    return result;
  }
};

using seqs = std::vector<event_seq>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(lane_tests, fixture)

// -- the way of a delivery ----------------------------------------------------

CAF_TEST(deliveries start in order and up to the concurrency) {
  auto x = make(2);
  enqueue(x, 1, 5);
  CAF_CHECK_EQUAL(start_all(x), (seqs{1, 2}));
  CAF_CHECK_EQUAL(x.stats().queued, 3u);
  CAF_CHECK_EQUAL(x.stats().running, 2u);
  finish(x, 1ms);
  CAF_CHECK_EQUAL(start_all(x), (seqs{3}));
  CAF_CHECK_EQUAL(x.stats().settling, 1u);
}

CAF_TEST(a concurrency of zero is one) {
  auto x = make(0);
  enqueue(x, 1, 2);
  CAF_CHECK_EQUAL(start_all(x), (seqs{1}));
}

CAF_TEST(a dropped delivery does not start) {
  auto x = make(1);
  enqueue(x, 1, 3);
  x.drop(nth_lease(1));
  x.drop(nth_lease(9)); // unknown: no effect
  CAF_CHECK_EQUAL(x.stats().queued, 2u);
  CAF_CHECK_EQUAL(start_all(x), (seqs{2}));
}

CAF_TEST(the queue is given back and waits for its settlement) {
  auto x = make(1);
  enqueue(x, 1, 3);
  CAF_CHECK_EQUAL(start_all(x), (seqs{1}));
  auto back = x.give_back();
  CAF_REQUIRE_EQUAL(back.size(), 2u);
  CAF_CHECK(back[0] == nth_lease(2) && back[1] == nth_lease(3));
  CAF_CHECK_EQUAL(x.stats().queued, 0u);
  CAF_CHECK_EQUAL(x.stats().running, 1u);
  CAF_CHECK_EQUAL(x.stats().settling, 2u);
}

CAF_TEST(a lost run frees its slot and settles nothing) {
  auto x = make(1);
  enqueue(x, 1, 1);
  start_all(x);
  x.finish_lost(*x.only_handler());
  CAF_CHECK_EQUAL(x.stats().running, 0u);
  CAF_CHECK_EQUAL(x.stats().settling, 0u);
}

// -- handlers that share a lane -----------------------------------------------

CAF_TEST(whoever has most room gets the next delivery) {
  auto x = make_shared_lane(2);
  CAF_CHECK(x.add(sharing(another, 3)));
  CAF_CHECK_EQUAL(x.stats().handlers, 2u);
  enqueue(x, 1, 9);
  CAF_CHECK_EQUAL(x.startable(), 5u);
  std::vector<uint32_t> at_another;
  for (lease which; auto who = x.start_next(which);)
    at_another.push_back(who->actor() == another ? 1 : 0);
  CAF_CHECK_EQUAL(at_another, (std::vector<uint32_t>{1, 0, 1, 0, 1}));
  x.finish(*x.find(one), 1ms);
  lease next;
  CAF_CHECK(x.start_next(next) == x.find(one));
}

CAF_TEST(a handler that can take nothing does not stop the others) {
  auto x = make_shared_lane(2);
  CAF_CHECK(x.add(sharing(another, 1)));
  x.find(one)->limit(0);
  enqueue(x, 1, 3);
  CAF_CHECK_EQUAL(start_all(x), (seqs{1}));
  x.find(one)->limit();
  CAF_CHECK_EQUAL(start_all(x), (seqs{2, 3}));
}

CAF_TEST(more handlers want more) {
  auto x = make_shared_lane(1);
  auto alone = x.wanted();
  CAF_CHECK(x.add(sharing(another, 2)));
  CAF_CHECK_EQUAL(x.wanted(), 3 * alone);
  CAF_CHECK(x.add(sharing(another, 1))); // again: another concurrency
  CAF_CHECK_EQUAL(x.wanted(), 2 * alone);
  CAF_CHECK_EQUAL(x.stats().handlers, 2u);
}

CAF_TEST(a handler that leaves ends what it runs and gets nothing more) {
  auto x = make_shared_lane(1);
  CAF_CHECK(x.add(sharing(another, 1)));
  enqueue(x, 1, 3);
  start_all(x);
  auto who = x.find(one);
  CAF_CHECK(x.remove(who));
  CAF_CHECK(!x.find(one));
  CAF_CHECK_EQUAL(who->running(), 1u);
  x.finish(*who, 1ms);
  CAF_CHECK_EQUAL(who->running(), 0u);
  CAF_CHECK_EQUAL(start_all(x), seqs{});
  CAF_CHECK(!x.remove(x.find(another))); // the last one
  CAF_CHECK_EQUAL(x.stats().handlers, 1u);
}

CAF_TEST(only those share that say so and have the same name) {
  auto mine = make(1);
  CAF_CHECK(!mine.add(sharing(another, 1)));
  auto x = make_shared_lane(1);
  auto other = sharing(another, 1);
  other.shared = false;
  CAF_CHECK(!x.add(other));
  other = sharing(another, 1);
  other.handler_key = "print";
  CAF_CHECK(!x.add(other));
  other = sharing(another, 1);
  other.event_type = "letter";
  CAF_CHECK(!x.add(other));
  CAF_CHECK_EQUAL(x.stats().handlers, 1u);
}

// -- demand -------------------------------------------------------------------

CAF_TEST(an unknown handler gets four waiting deliveries per worker) {
  CAF_CHECK_EQUAL(make(1).wanted(), 5u);
  CAF_CHECK_EQUAL(make(8).wanted(), 40u);
}

CAF_TEST(a slow handler does not hoard) {
  auto x = make(3);
  learn(x, 10s);
  // Each worker runs one and has one ahead; anybody may claim the others.
  CAF_CHECK_EQUAL(x.wanted(), 6u);
}

CAF_TEST(a fast handler gets what it works off within a second) {
  auto x = make(2);
  learn(x, 10ms);
  CAF_CHECK_EQUAL(x.wanted(), 2u + 2u * 100u);
}

CAF_TEST(what is in flight stays below the limit) {
  auto x = make(2, 50);
  learn(x, timespan{0});
  CAF_CHECK_EQUAL(x.wanted(), 50u);
  CAF_CHECK_EQUAL(make(1000, 50).wanted(), 50u);
}

CAF_TEST(the speed is a moving average) {
  auto x = make(1);
  learn(x, 10ms);
  for (int i = 0; i < 50; ++i)
    learn(x, 100ms);
  CAF_CHECK_GREATER(x.wanted(), 9u);
  CAF_CHECK_LESS(x.wanted(), 13u);
}

CAF_TEST(there is room again once half is free) {
  auto x = make(1);
  CAF_CHECK_EQUAL(x.room(), 5u);
  enqueue(x, 1, 2);
  CAF_CHECK_EQUAL(x.room(), 3u);
  enqueue(x, 3, 1);
  CAF_CHECK_EQUAL(x.room(), 0u); // 2 of 5 are free
  x.drop(nth_lease(1));
  CAF_CHECK_EQUAL(x.room(), 3u);
}

CAF_TEST(a settlement on its way takes room until it is confirmed) {
  auto x = make(1, 2);
  enqueue(x, 1, 2);
  start_all(x);
  finish(x, 1ms);
  start_all(x);
  finish(x, 1ms);
  CAF_CHECK_EQUAL(x.room(), 0u);
  x.settled();
  CAF_CHECK_EQUAL(x.room(), 1u);
  x.settled();
  CAF_CHECK_EQUAL(x.room(), 2u);
}

CAF_TEST(more in flight than wanted is no room) {
  auto x = make(1);
  enqueue(x, 1, 5);
  learn(x, 10s); // now it wants 2, and has 4 more
  CAF_CHECK_EQUAL(x.room(), 0u);
}

CAF_TEST(a stuck lane has no room and starts nothing) {
  auto x = make(2);
  enqueue(x, 1, 1);
  x.mark_stuck(true);
  CAF_CHECK(x.stats().stuck);
  CAF_CHECK_EQUAL(x.room(), 0u);
  CAF_CHECK_EQUAL(start_all(x), seqs{});
  x.mark_stuck(false);
  CAF_CHECK_EQUAL(start_all(x), (seqs{1}));
}

CAF_TEST(a lane that was stuck has room for one until that has run) {
  auto x = make(2);
  x.mark_stuck(true);
  x.mark_stuck(false);
  CAF_CHECK_EQUAL(x.room(), 1u);
  enqueue(x, 1, 1);
  CAF_CHECK_EQUAL(x.room(), 0u);
  start_all(x);
  CAF_CHECK_EQUAL(x.room(), 0u);
  finish(x, 1ms);
  x.settled();
  CAF_CHECK_GREATER(x.room(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
