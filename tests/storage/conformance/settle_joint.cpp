#include "joint_fixture.hpp"

CAF_TEST_FIXTURE_SCOPE(joint_events_tests, joint_fixture)

CAF_TEST(events are written with the end of an attempt) {
  add("bill", "invoice");
  auto held = claim_many(1);
  auto caused = make(7, "invoice");
  caused.cause = nth(1);
  auto result = settle_joint({done_with(held[0], {}, {caused})});
  CAF_CHECK(result.lost.empty() && result.refused.empty());
  CAF_CHECK_EQUAL(info(1).status, status::done);
  CAF_CHECK_EQUAL(info(7).handler_key, "bill");
  CAF_CHECK(find(7).event == caused);
}

CAF_TEST(a stale lease writes no event) {
  auto held = claim_many(2);
  CAF_CHECK(settle(held[0], verdict::failed));
  auto again = claim_one(mail);
  auto result = settle_joint(
    {done_with(held[0], {}, {make(7)}), done_with(held[1], {}, {make(8)})});
  CAF_CHECK_EQUAL(result.lost, (std::vector{held[0]}));
  CAF_CHECK(result.ended_before.empty());
  CAF_CHECK(!find(7).event && find(8).event);
  CAF_CHECK_EQUAL(info(1).status, status::in_progress);
  CAF_CHECK_EQUAL(info(2).status, status::done);
  CAF_CHECK(settle(again.lease, verdict::done));
}

CAF_TEST(what was ended before is told and not done again) {
  auto held = claim_many(2);
  auto ends = std::vector{done_with(held[0], {}, {make(7)}),
                          done_with(held[1], {}, {make(8)})};
  settle_joint({ends[0]});
  auto result = settle_joint(ends, true);
  CAF_CHECK_EQUAL(result.lost, (std::vector{held[0]}));
  CAF_CHECK_EQUAL(result.ended_before, (std::vector{held[0]}));
  CAF_CHECK(find(8).event.has_value());
  result = settle_joint(ends, true);
  CAF_CHECK_EQUAL(result.ended_before.size(), 2u);
  result = settle_joint(ends);
  CAF_CHECK_EQUAL(result.ended_before.size(), 2u);
}

CAF_TEST(what was sent before is not settled now) {
  auto held = claim_many(2);
  settle_joint({done_with(held[0], {}, {make(7)})});
  std::vector<settlement> sent{done_with(held[0], {}, {make(7)}),
                               done_with(held[1], {}, {make(8)})};
  for (auto& x : sent)
    x.was_sent = true;
  auto result = settle_joint(sent);
  CAF_CHECK_EQUAL(result.lost, (std::vector{held[0]}));
  CAF_CHECK_EQUAL(result.ended_before, (std::vector{held[0]}));
  CAF_REQUIRE_EQUAL(result.refused.size(), 1u);
  CAF_CHECK(result.refused[0].lease == held[1]);
  CAF_CHECK(!find(8).event);
  CAF_CHECK(settle(held[1], verdict::failed)); // it is held still
}

CAF_TEST(nothing to settle) {
  CAF_CHECK(settle_joint({}).lost.empty());
}

CAF_TEST(the next of an ordering key goes on) {
  write(make_ordered(1, "a"));
  write(make_ordered(2, "a"));
  auto first = claim_one(mail);
  CAF_CHECK_EQUAL(claim(mail).claimed.size(), 0u);
  settle_joint({done_with(first.lease, {}, {make_ordered(7, "a")})});
  auto second = claim_one(mail);
  CAF_CHECK_EQUAL(number_of(second.event.id), 2);
  settle_joint({done_with(second.lease, {}, {make(8, "nobody")})});
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{7}));
}

CAF_TEST_FIXTURE_SCOPE_END()

#ifdef INBOX_TEST_STORE_MEMORY

CAF_TEST_FIXTURE_SCOPE(no_effects_tests, joint_fixture)

CAF_TEST(a store in memory refuses statements) {
  auto held = claim_many(1);
  auto result = settle_joint({done_with(held[0], {sql("select 1")})});
  CAF_REQUIRE_EQUAL(result.refused.size(), 1u);
  CAF_CHECK(result.refused[0].lease == held[0]);
  CAF_CHECK_EQUAL(info(1).status, status::in_progress);
}

CAF_TEST_FIXTURE_SCOPE_END()

#endif
