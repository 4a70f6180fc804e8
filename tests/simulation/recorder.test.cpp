#include "recorder.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <caf/test/unit_test.hpp>

using namespace simulation;
using namespace std::chrono_literals;

namespace {

class fixture {
public:
  fixture() {
    where.begin(1);
    log.begin(false);
    where.add_process();
    where.add_process();
  }

  size_t call(world::process_id process, uint32_t attempt,
              bool canceled = false) {
    size_t result = 0;
    where.in(process, [&] {
      result = log.call_began(id, "mail", attempt,
                              [canceled] { return canceled; });
    });
    return result;
  }

  world where;
  recorder log{where};
  inbox::uuid id{};
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(recorder_tests, fixture)

CAF_TEST(one call after another is right) {
  log.call_ended(call(1, 1), false);
  log.call_ended(call(2, 2), true);
  CAF_CHECK(log.violations().empty());
  CAF_CHECK_EQUAL(log.seen().calls.size(), 2u);
  CAF_CHECK(log.seen().calls[1].succeeded);
}

CAF_TEST(two calls at a time are wrong) {
  call(1, 1);
  call(2, 2);
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST(a call that was canceled is none) {
  call(1, 1, true);
  call(2, 2);
  CAF_CHECK(log.violations().empty());
}

CAF_TEST(what is at work in a dead or paused process does not matter) {
  call(1, 1);
  where.kill(1);
  call(2, 2);
  log.stalled(2);
  call(0, 3);
  CAF_CHECK(log.violations().empty());
}

CAF_TEST(nobody is to blame for a clock that was set) {
  call(1, 1);
  log.clock_was_set();
  call(2, 2);
  CAF_CHECK(log.violations().empty());
}

CAF_TEST(what was handled is counted if it is handled again) {
  log.call_ended(call(1, 1), true);
  log.call_ended(call(2, 2), true);
  CAF_CHECK_EQUAL(log.repeated(), 1u);
  CAF_CHECK(log.violations().empty());
  log.expect({true, true, true, 0});
  call(2, 3);
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST(who was killed does not count as having handled it) {
  log.expect({true, true, true, 0});
  log.call_ended(call(1, 1), true);
  where.kill(1);
  log.call_ended(call(2, 2), true);
  CAF_CHECK_EQUAL(log.repeated(), 0u);
  CAF_CHECK(log.violations().empty());
}

CAF_TEST(nothing is canceled while it is calm) {
  log.call_ended(call(1, 1, true), true);
  CAF_CHECK(log.violations().empty());
  log.expect({true, true, true, 0});
  log.call_ended(call(1, 1, true), true);
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST(nothing begins in a process that drains) {
  log.expect({false, true, true, 0});
  log.draining(1);
  where.run_for(10ms);
  log.call_ended(call(1, 1), false); // its claim was on the way
  where.run_for(11ms);
  log.call_ended(call(2, 2), false);
  CAF_CHECK(log.violations().empty());
  call(1, 3);
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST(who has drained has nothing left) {
  log.drained(1);
  CAF_CHECK(log.violations().empty());
  log.expect({false, true, true, 0});
  log.drained(0);
  CAF_CHECK(log.violations().empty());
  log.drained(1);
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST(what was canceled has not failed) {
  log.expect({false, false, true, 1'000'000});
  chaos::transition failed{to_string(id), "mail", 0, 0, 1, 1, 1};
  log.call_ended(call(1, 1), false);
  log.changed(failed, "");
  CAF_CHECK(log.violations().empty());
  log.call_ended(call(1, 2, true), false);
  failed.attempts_before = failed.attempts_after = 2;
  log.changed(failed, "");
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
  // Unless its deadline was over as well.
  auto late = call(1, 3, true);
  where.run_for(1s);
  log.call_ended(late, false);
  failed.attempts_before = failed.attempts_after = 3;
  log.changed(failed, "");
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST(no delivery dies twice) {
  log.died({id, "order", "mail", 3, ""});
  log.died({id, "order", "stock", 3, ""});
  CAF_CHECK(log.violations().empty());
  log.died({id, "order", "mail", 3, ""});
  CAF_CHECK_EQUAL(log.violations().size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
