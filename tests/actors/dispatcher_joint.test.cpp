#include "dispatcher_fixture.hpp"

// Answers with effects and events.

using namespace inbox;
using namespace inbox::test;

namespace {

class fixture : public dispatcher_fixture {
public:
  /// Runs delivery 1 to this answer.
  void run(outcome result, uint32_t attempt = 1) {
    auto handler = serve();
    dispatch(1, 1, 1, attempt);
    answer(handler, std::move(result));
  }

  settlement joint() {
    CAF_REQUIRE_EQUAL(settled_jointly.count(), 1u);
    return settled_jointly.last().settlement;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatcher_joint_tests, fixture)

CAF_TEST(effects go to who settles jointly) {
  run(done({sql("select 1")}));
  CAF_CHECK_EQUAL(settled.count(), 0u);
  CAF_CHECK(joint().lease == nth_lease(1));
  CAF_CHECK_EQUAL(joint().effects.at(0).statement, "select 1");
}

CAF_TEST(an event without an id gets one of its cause) {
  event unnamed;
  unnamed.type = "bill";
  run(done({}, {nth_event(7), unnamed}));
  auto events = joint().events;
  CAF_REQUIRE_EQUAL(events.size(), 2u);
  CAF_CHECK(events[0].id == nth_id(7));
  CAF_CHECK(events[1].id == emitted_id(nth_id(1), "mail", 1));
}

CAF_TEST(what was emitted is looked for at once) {
  demand();
  run(done({}, {nth_event(7)}));
  auto before = pokes.count();
  confirm(1);
  CAF_CHECK_EQUAL(pokes.count(), before + 1);
}

CAF_TEST(bad effects fail the attempt) {
  run(done({sql("commit")}));
  CAF_CHECK_EQUAL(settled_jointly.count(), 0u);
  auto end = settlement_of(1);
  CAF_CHECK_EQUAL(end.verdict, verdict::failed);
  CAF_CHECK(end.message.find("effects[0].statement") != std::string::npos);
}

CAF_TEST(a refused end is a failed attempt) {
  run(done({sql("select 1")}));
  tell(dispatcher, refuse_ends{{{nth_lease(1), "no such table"}}});
  auto end = settlement_of(1);
  CAF_CHECK_EQUAL(end.verdict, verdict::failed);
  CAF_CHECK_EQUAL(end.message, "no such table");
  CAF_CHECK(!end.is_joint());
  CAF_CHECK_EQUAL(held().size(), 1u);
  confirm(1);
  CAF_CHECK_EQUAL(held().size(), 0u);
}

CAF_TEST(a refused end of the last attempt ends the delivery) {
  run(done({sql("select 1")}), config.policy.max_attempts);
  tell(dispatcher, refuse_ends{{{nth_lease(1), "no such table"}}});
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::dead);
}

CAF_TEST(a refusal of what is over is dropped) {
  run(done({sql("select 1")}));
  confirm(1);
  tell(dispatcher, refuse_ends{{{nth_lease(1), "no such table"}}});
  CAF_CHECK_EQUAL(settled.count(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
