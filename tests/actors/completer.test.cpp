#include "completer_fixture.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

const auto doubt = make_error(errc::outcome_unknown, "store", "no answer");
const auto full = make_error(errc::storage_failed, "store", "disk full");
const auto invalid = make_error(errc::invalid, "settlement", "bad");

using sizes_t = std::vector<size_t>;
using seqs = std::vector<event_seq>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(completer_tests, completer_fixture)

// -- batches ------------------------------------------------------------------

CAF_TEST(outcomes that arrive during a statement share the next one) {
  store.hold();
  settle(1, 4, verdict::done);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1}));
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1, 3}));
  CAF_CHECK(leases_of(store.last().settlements)
            == (std::vector<lease>{nth_lease(2), nth_lease(3), nth_lease(4)}));
}

CAF_TEST(a statement is no larger than a batch) {
  restart(3);
  store.hold();
  settle(1, 8, verdict::done);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1, 3, 3, 1}));
  CAF_CHECK_EQUAL(over(), (seqs{1, 2, 3, 4, 5, 6, 7, 8}));
}

CAF_TEST(leases end only after the confirmation) {
  store.hold();
  settle(1);
  CAF_CHECK_EQUAL(ended.count(), 0u);
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(over(), (seqs{1}));
}

CAF_TEST(what the handler has settled is told at once) {
  store.hold();
  settle(1);
  ended_attempt x;
  x.settlement.lease = nth_lease(2);
  x.settlement.verdict = verdict::dead;
  x.obituary = std::make_shared<const delivery_died>(
    delivery_died{nth_id(2), "order", "mail", 3, "no such account"});
  x.is_settled = true;
  tell_as(dispatcher, completer, settle_attempts{{x}});
  CAF_CHECK_EQUAL(over(), (seqs{2}));
  CAF_CHECK_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(stats().dead, 1u);
  // What is under way goes on, alone.
  settle(3);
  CAF_CHECK_EQUAL(store.count(), 1u);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(over(), (seqs{2, 1, 3}));
}

CAF_TEST(what has ended otherwise is no death) {
  store.answer_with([](const settle_deliveries& x) {
    auto held = leases_of(x.settlements);
    return settled_deliveries{held, held};
  });
  settle(1, verdict::dead);
  CAF_CHECK_EQUAL(over(), (seqs{1}));
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  CAF_CHECK_EQUAL(stats().dead, 0u);
  CAF_CHECK_EQUAL(stats().lost, 0u);
}

CAF_TEST(what was settled is counted by its verdict) {
  settle(1, 1, verdict::done);
  settle(2, 2, verdict::failed);
  settle(4, 3, verdict::dead);
  settle(7, 4, verdict::snoozed);
  settle(11, 5, verdict::released);
  auto counted = stats();
  CAF_CHECK_EQUAL(counted.done, 1u);
  CAF_CHECK_EQUAL(counted.failed, 2u);
  CAF_CHECK_EQUAL(counted.dead, 3u);
  CAF_CHECK_EQUAL(counted.snoozed, 4u);
  CAF_CHECK_EQUAL(counted.released, 5u);
  CAF_CHECK_EQUAL(counted.lost, 0u);
}

// -- the dead and the lost ----------------------------------------------------

CAF_TEST(others are told of what is due again at once) {
  settle(1, 1, verdict::done);
  settle(2, 1, verdict::dead);
  settle(3, 1, verdict::failed, 1s);
  settle(4, 1, verdict::snoozed, 1s);
  CAF_CHECK_EQUAL(alerts.count(), 0u);
  settle(5, 1, verdict::released);
  settle(6, 1, verdict::failed);
  settle(7, 1, verdict::snoozed);
  CAF_CHECK_EQUAL(alerts.count(), 3u);
  store.hold();
  settle(8, 1, verdict::released);
  CAF_CHECK_EQUAL(alerts.count(), 3u);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(alerts.count(), 4u);
  store.answer_with([](const settle_deliveries& x) {
    return settled_deliveries{{x.settlements.at(0).lease}, {}};
  });
  settle(9, 1, verdict::released);
  CAF_CHECK_EQUAL(alerts.count(), 4u);
}

CAF_TEST(a death is told once and after the confirmation) {
  store.hold();
  settle(1, verdict::dead);
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  store.answer_oldest();
  settle_messages();
  CAF_REQUIRE_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(deaths.last().event_id, nth_id(1));
  CAF_CHECK_EQUAL(deaths.last().message, "no paper");
  store.release();
  settle(2, 3, verdict::failed);
  CAF_CHECK_EQUAL(deaths.count(), 1u);
}

CAF_TEST(a lost lease ends and is reported but nobody is told of a death) {
  lose_all();
  settle(1, verdict::dead);
  CAF_CHECK_EQUAL(over(), (seqs{1}));
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  CAF_CHECK_EQUAL(stats().lost, 1u);
  CAF_CHECK_EQUAL(stats().dead, 0u);
  CAF_REQUIRE_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(code_of(errors.last().reason), errc::lease_lost);
}

// -- errors of the store ------------------------------------------------------

CAF_TEST(a store that is away is tried again with a growing pause) {
  store.fail_next(away, 8);
  settle(1);
  CAF_CHECK_EQUAL(store.count(), 1u);
  size_t tries = 1;
  for (auto pause : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms}) {
    advance(pause - 1ms);
    CAF_CHECK_EQUAL(store.count(), tries);
    advance(1ms);
    CAF_CHECK_EQUAL(store.count(), ++tries);
  }
  CAF_CHECK_EQUAL(ended.count(), 0u);
  advance(5s);
  CAF_CHECK_EQUAL(store.count(), 9u);
  CAF_CHECK_EQUAL(over(), (seqs{1}));
  CAF_CHECK_EQUAL(stats().done, 1u);
  // After a success the pauses are short again.
  store.fail_next(away);
  settle(2);
  advance(100ms);
  CAF_CHECK_EQUAL(over(), (seqs{1, 2}));
}

CAF_TEST(nothing is lost while the store is away) {
  store.fail_next(away, 3);
  settle(1);
  settle(2, 9, verdict::failed);
  CAF_CHECK_EQUAL(store.count(), 1u); // no second statement overtakes
  advance(10s);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1, 1, 1, 1, 9}));
  CAF_CHECK_EQUAL(over(), (seqs{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

CAF_TEST(a refusal that may pass is also tried again) {
  store.fail_next(full, 2);
  settle(1);
  advance(1s);
  CAF_CHECK_EQUAL(over(), (seqs{1}));
}

CAF_TEST(an answer that was lost after the commit loses no death) {
  fence();
  store.lose_next(doubt);
  settle(1, verdict::dead);
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  advance(1s);
  // The second try finds the lease gone: the first one has ended it.
  CAF_CHECK_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(stats().dead, 1u);
  CAF_CHECK_EQUAL(stats().lost, 0u);
  CAF_CHECK_EQUAL(over(), (seqs{1}));
}

CAF_TEST(a commit in doubt that did not happen is done by the second try) {
  fence();
  store.fail_next(doubt);
  settle(1, verdict::dead);
  advance(1s);
  CAF_CHECK_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(stats().dead, 1u);
}

CAF_TEST(a commit in doubt whose delivery was taken over tells of no death) {
  store.fail_next(doubt);
  lose_all();
  settle(1, verdict::dead);
  advance(1s);
  CAF_CHECK_EQUAL(store.count(), 2u);
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  CAF_CHECK_EQUAL(stats().dead, 0u);
  CAF_CHECK_EQUAL(stats().lost, 1u);
  CAF_CHECK_EQUAL(over(), (seqs{1}));
}

CAF_TEST(one bad settlement is found and holds up no other) {
  for (uint32_t bad = 2; bad <= 9; ++bad) {
    refuse(bad, invalid);
    store.hold();
    settle(1, 9, verdict::done);
    store.release();
    settle_messages();
    auto all = over();
    std::sort(all.begin(), all.end());
    CAF_CHECK_EQUAL(all, (seqs{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    CAF_CHECK_EQUAL(stats().done, 8u);
    CAF_CHECK_EQUAL(stats().lost, 1u);
    ended = {};
    dispatcher = play<lease_ending_actor>(ended, refusals);
    store = {};
    restart(100);
  }
}

CAF_TEST(a bad settlement is not told as a death) {
  refuse(1, invalid);
  settle(1, verdict::dead);
  CAF_CHECK_EQUAL(deaths.count(), 0u);
  CAF_CHECK_EQUAL(stats().lost, 1u);
  advance(60s);
  CAF_CHECK_EQUAL(store.count(), 1u); // and not tried for ever
}

CAF_TEST(what the store cannot take holds up no other and is not dropped) {
  refuse(5, full);
  store.hold();
  settle(1, 9, verdict::done);
  store.release();
  settle_messages();
  advance(60s);
  CAF_CHECK_EQUAL(stats().done, 8u);
  CAF_CHECK_EQUAL(over().size(), 8u);
  // What comes later does not wait behind it either.
  settle(10, 3, verdict::done);
  advance(10s);
  CAF_CHECK_EQUAL(stats().done, 11u);
  CAF_CHECK_EQUAL(stats().lost, 0u);
  store.answer_with(
    [](const settle_deliveries&) { return settled_deliveries{}; });
  advance(10s);
  CAF_CHECK_EQUAL(stats().done, 12u);
  CAF_CHECK_EQUAL(over().back(), 5);
}

CAF_TEST(a store that takes nothing is not asked in a storm) {
  store.answer_with([](const settle_deliveries&) {
    return caf::expected<settled_deliveries>{full};
  });
  settle(1, 64, verdict::done);
  advance(60s);
  auto before = store.count();
  advance(60s);
  CAF_CHECK_EQUAL(store.count(), before + 12); // one in five seconds
  store.answer_with(
    [](const settle_deliveries&) { return settled_deliveries{}; });
  advance(30s);
  CAF_CHECK_EQUAL(stats().done, 64u);
}

CAF_TEST_FIXTURE_SCOPE_END()
