#include "completer_fixture.hpp"

#include <algorithm>
#include <memory>
#include <tuple>

// What is settled together with effects and events.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public completer_fixture {
public:
  /// Hands over the end of attempt `n` with an effect.
  void settle_with_effect(uint32_t n, verdict how = verdict::done) {
    ended_attempt x;
    x.settlement.lease = nth_lease(n);
    x.settlement.verdict = how;
    x.settlement.effects.push_back(sql("select 1"));
    if (how == verdict::dead)
      x.obituary = std::make_shared<const delivery_died>(
        delivery_died{nth_id(n), "order", "mail", 3, "no paper"});
    tell_as(dispatcher, completer, settle_attempts{{x}});
  }

  /// Hands over the ends of attempts 1 to `count` at a time.
  void settle_together(uint32_t count) {
    settle_attempts all;
    for (uint32_t n = 1; n <= count; ++n) {
      auto& x = all.ends.emplace_back();
      x.settlement.lease = nth_lease(n);
      x.settlement.effects.push_back(sql("select 1"));
    }
    tell_as(dispatcher, completer, all);
  }

  /// Has the store be lost over the effects of `n`.
  void lose_store_over(uint32_t n) {
    joint.answer_with([n](const settle_jointly& x) {
      auto held = leases_of(x.settlements);
      if (std::count(held.begin(), held.end(), nth_lease(n)) == 0)
        return caf::expected<settled_jointly>{settled_jointly{}};
      return caf::expected<settled_jointly>{
        make_error(errc::outcome_unknown, "store", "hung up")};
    });
  }

  /// Has the store refuse these.
  void refuse_joint(std::vector<uint32_t> numbers) {
    joint.answer_with([numbers](const settle_jointly& x) {
      settled_jointly reply;
      for (auto& y : x.settlements)
        for (auto n : numbers)
          if (y.lease == nth_lease(n))
            reply.refused.push_back({y.lease, "no such table"});
      return reply;
    });
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(completer_joint_tests, fixture)

CAF_TEST(what has effects is settled apart from the rest) {
  store.hold();
  joint.hold();
  settle(1);
  settle_with_effect(2);
  settle_with_effect(3);
  settle(4);
  store.release();
  joint.release();
  settle_messages();
  CAF_REQUIRE_EQUAL(joint.count(), 1u);
  CAF_CHECK(leases_of(joint.last().settlements)
            == (std::vector{nth_lease(2), nth_lease(3)}));
  CAF_CHECK(!joint.last().in_doubt);
  CAF_CHECK_EQUAL(sizes(), (std::vector<size_t>{1, 1}));
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{1, 2, 3, 4}));
  CAF_CHECK_EQUAL(stats().done, 4u);
}

CAF_TEST(others are told of what was emitted) {
  ended_attempt x;
  x.settlement.lease = nth_lease(1);
  x.settlement.events.push_back(nth_event(7));
  tell_as(dispatcher, completer, settle_attempts{{x}});
  CAF_CHECK_EQUAL(alerts.count(), 1u);
  settle_with_effect(2);
  CAF_CHECK_EQUAL(alerts.count(), 1u);
}

CAF_TEST(what the store refuses is told and not over) {
  refuse_joint({2});
  joint.hold();
  for (uint32_t n = 1; n <= 3; ++n)
    settle_with_effect(n);
  joint.release();
  settle_messages();
  CAF_REQUIRE_EQUAL(refusals.count(), 1u);
  CAF_CHECK_EQUAL(refusals.last().refused.at(0).reason, "no such table");
  CAF_CHECK(refusals.last().refused.at(0).lease == nth_lease(2));
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{1, 3}));
  CAF_CHECK_EQUAL(stats().done, 2u);
}

CAF_TEST(what may have happened is asked for before it is repeated) {
  joint.fail_next(make_error(errc::outcome_unknown, "store", "no answer"));
  settle_with_effect(1, verdict::dead);
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  joint.answer_with([](const settle_jointly& x) {
    CAF_CHECK(x.in_doubt);
    auto held = leases_of(x.settlements);
    return settled_jointly{held, held, {}};
  });
  advance(100ms);
  CAF_CHECK_EQUAL(joint.count(), 2u);
  CAF_CHECK_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{1}));
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(all of a statement are in doubt from then on) {
  auto full = make_error(errc::storage_failed, "store", "disk full");
  auto calls = std::make_shared<int>(0);
  joint.answer_with([=](const settle_jointly&) {
    // Halves are tried, the first one first.
    auto is_refused = ++*calls == 1 || *calls == 3;
    return is_refused ? caf::expected<settled_jointly>{full}
                      : caf::expected<settled_jointly>{settled_jointly{}};
  });
  settle_together(2);
  settle_with_effect(3);
  advance(100ms);
  advance(100ms);
  std::vector<std::vector<lease>> batches;
  std::vector<bool> doubts;
  for (auto& x : joint.got()) {
    batches.push_back(leases_of(x.settlements));
    doubts.push_back(x.in_doubt);
  }
  auto [a, b, c] = std::tuple{nth_lease(1), nth_lease(2), nth_lease(3)};
  CAF_CHECK(
    batches
    == (std::vector<std::vector<lease>>{{a, b}, {a}, {b, c}, {b}, {c}}));
  CAF_CHECK_EQUAL(doubts, (std::vector<bool>{false, true, true, true, true}));
}

CAF_TEST(effects that end the connection are told from the rest) {
  lose_store_over(37);
  settle_together(100);
  for (auto i = 0; i < 20; ++i)
    advance(5s);
  CAF_REQUIRE_EQUAL(refusals.count(), 1u);
  CAF_CHECK(refusals.last().refused.at(0).lease == nth_lease(37));
  CAF_CHECK_EQUAL(refusals.last().refused.at(0).reason,
                  "the store was lost in the midst of them, 7 times");
  CAF_CHECK_EQUAL(over().size(), 99u);
  CAF_CHECK_EQUAL(stats().done, 99u);
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(effects that end the connection do not hold up others for long) {
  lose_store_over(1);
  settle_together(1);
  settle_with_effect(2);
  settle_with_effect(3);
  advance(100ms);
  CAF_CHECK(over().empty());
  advance(200ms);
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{2, 3}));
  CAF_CHECK_EQUAL(refusals.count(), 0u);
  advance(100ms);
  advance(200ms);
  CAF_CHECK_EQUAL(refusals.count(), 1u);
}

CAF_TEST(effects are not to blame for a store that is not there) {
  auto away = make_error(errc::connection_lost, "store", "refused");
  auto is_back = std::make_shared<bool>(false);
  joint.answer_with([=](const settle_jointly&) {
    return *is_back ? caf::expected<settled_jointly>{settled_jointly{}}
                    : caf::expected<settled_jointly>{away};
  });
  settle_with_effect(1);
  for (auto i = 0; i < 30; ++i)
    advance(5s);
  *is_back = true;
  advance(5s);
  CAF_CHECK_EQUAL(refusals.count(), 0u);
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{1}));
}

CAF_TEST(what a handler has committed after all is done) {
  joint.answer_with([](const settle_jointly& x) {
    auto held = leases_of(x.settlements);
    return settled_jointly{held, held, {}};
  });
  ended_attempt x;
  x.settlement.lease = nth_lease(1);
  x.settlement.was_sent = true;
  tell_as(dispatcher, completer, settle_attempts{{x}});
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{1}));
  CAF_CHECK_EQUAL(stats().done, 1u);
}

CAF_TEST(what others have by now is lost) {
  joint.answer_with([](const settle_jointly& x) {
    return settled_jointly{leases_of(x.settlements), {}, {}};
  });
  settle_with_effect(1);
  CAF_CHECK_EQUAL(stats().lost, 1u);
  CAF_CHECK_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(over(), (std::vector<event_seq>{1}));
}

CAF_TEST_FIXTURE_SCOPE_END()
