#include "dispatcher_fixture.hpp"

// Function handlers, which are given several deliveries at a time.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public dispatcher_fixture {
public:
  mailbox<handle_events> given;
  mailbox<return_events> returns;
  event_taking_actor handler = play<event_taking_actor>(given, returns);

  void serve_function(uint32_t concurrency = 1) {
    tell(dispatcher,
         serve_route{1, "order", "mail", caf::actor_cast<caf::actor>(handler),
                     concurrency, true});
  }

  /// Tells what became of deliveries `first`, `first + 1`, ...
  void end(uint32_t first, uint32_t count = 1, outcome result = done(),
           timespan took = 1us) {
    handled_events x;
    for (uint32_t n = first; n < first + count; ++n)
      x.ended.push_back({nth_lease(n), result, took});
    tell_as(handler, dispatcher, x);
  }

  void give_back(uint32_t first, uint32_t count, bool stuck = false) {
    handled_events x;
    for (uint32_t n = first; n < first + count; ++n)
      x.unbegun.push_back(nth_lease(n));
    x.stuck = stuck;
    tell_as(handler, dispatcher, x);
  }

  void learn(timespan took) {
    dispatch(1);
    end(1, 1, done(), took);
    confirm(1);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatcher_functions_tests, fixture)

CAF_TEST(a function of unknown speed gets as many as it can run) {
  serve_function(2);
  dispatch(1, 5);
  CAF_REQUIRE_EQUAL(given.count(), 1u);
  auto& jobs = given.last().jobs;
  CAF_REQUIRE_EQUAL(jobs.size(), 2u);
  CAF_CHECK(jobs[1].which == nth_lease(2));
  CAF_CHECK(jobs[1].request.event == nth_event(2));
  CAF_CHECK_EQUAL(jobs[1].request.handler_key, "mail");
  CAF_CHECK_EQUAL(jobs[1].request.timeout, timespan{10s});
  CAF_CHECK_EQUAL(jobs[1].trusted_until, monotonic_now(&*self) + trust);
}

CAF_TEST(a function that turns out to be fast has room before it is committed) {
  serve_function();
  dispatch(1, 5);
  CAF_CHECK_EQUAL(room(), 0u);
  end(1);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_EQUAL(room(), 395u);
}

CAF_TEST(a fast function gets many at a time and settles them together) {
  serve_function();
  learn(1us);
  auto before = settled.messages.count();
  dispatch(2, 100);
  CAF_CHECK_EQUAL(given.last().jobs.size(), 100u);
  CAF_CHECK_EQUAL(lane().running, 100u);
  end(2, 100);
  CAF_CHECK_EQUAL(settled.messages.count(), before + 1);
  CAF_CHECK_EQUAL(settled.messages.last().ends.size(), 100u);
  CAF_CHECK(settlement_of(101).verdict == verdict::done);
}

CAF_TEST(a slow function gets nothing ahead) {
  serve_function();
  learn(20ms);
  dispatch(2, 10);
  CAF_CHECK_EQUAL(given.last().jobs.size(), 1u);
  end(2, 1, done(), 20ms);
  CAF_CHECK(given.last().jobs.at(0).which == nth_lease(3));
}

CAF_TEST(a failure of a function is one) {
  serve_function();
  dispatch(1);
  end(1, 1, failed("no paper"));
  CAF_CHECK(settlement_of(1).verdict == verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(1).message, "no paper");
}

CAF_TEST(what a function has settled itself is only told) {
  serve_function();
  dispatch(1);
  handled_events x;
  x.ended.push_back({nth_lease(1), done({}, {nth_event(7)}), 1us, {true}});
  tell_as(handler, dispatcher, x);
  CAF_CHECK_EQUAL(settled_jointly.count(), 0u);
  CAF_REQUIRE_EQUAL(settled.count(), 1u);
  CAF_CHECK(settled.last().is_settled);
  CAF_CHECK_EQUAL(settled.last().settlement.events.size(), 1u);
}

CAF_TEST(what a function may have settled is looked for) {
  serve_function();
  dispatch(1);
  handled_events x;
  auto answer = done({sql("select 1")}, {nth_event(7)});
  x.ended.push_back({nth_lease(1), answer, 1us, {false, true}});
  tell_as(handler, dispatcher, x);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  CAF_REQUIRE_EQUAL(settled_jointly.count(), 1u);
  CAF_CHECK(settled_jointly.last().settlement.was_sent);
  CAF_CHECK(settled_jointly.last().settlement.effects.empty());
}

CAF_TEST(what was not begun does not count) {
  serve_function();
  dispatch(1);
  give_back(1, 1);
  CAF_CHECK(settlement_of(1).verdict == verdict::released);
  dispatch(2); // the handler goes on
  CAF_CHECK(given.last().jobs.at(0).which == nth_lease(2));
}

CAF_TEST(a function whose workers are stuck gets nothing for a while) {
  serve_function();
  dispatch(1);
  give_back(1, 1, true);
  CAF_CHECK(settlement_of(1).verdict == verdict::released);
  CAF_CHECK(lane().stuck);
  confirm(1);
  CAF_CHECK_EQUAL(room(), 0u);
  advance(10s);
  CAF_CHECK(!lane().stuck);
  CAF_CHECK_EQUAL(room(), 1u);
}

CAF_TEST(an end that was told twice counts once) {
  serve_function();
  dispatch(1);
  end(1);
  end(1, 1, failed("no paper"));
  confirm(1);
  end(1);
  CAF_CHECK_EQUAL(settled.count(), 1u);
}

CAF_TEST(draining takes back what a function has not begun) {
  serve_function();
  learn(1us);
  dispatch(2, 3);
  auto report = drain(5s);
  CAF_CHECK_EQUAL(returns.count(), 1u);
  give_back(3, 2);
  end(2);
  for (uint32_t n = 2; n <= 4; ++n)
    confirm(n);
  CAF_REQUIRE(*report && **report);
  CAF_CHECK_EQUAL((**report)->finished, 1u);
  CAF_CHECK_EQUAL((**report)->released, 2u);
  CAF_CHECK(settlement_of(4).verdict == verdict::released);
}

CAF_TEST(what a function is at still is given back after its deadline) {
  serve_function();
  learn(1us);
  dispatch(2, 2);
  advance(9s); // the first one was slow
  end(2, 1, done(), 9s);
  drain(1s);
  advance(3s); // the second may have begun only just before
  CAF_CHECK(settlement_of(3).verdict == verdict::snoozed);
  CAF_CHECK_EQUAL(settlement_of(3).delay, timespan{7s});
}

CAF_TEST(leaving a route takes back what a function has not begun) {
  serve_function();
  learn(1us);
  dispatch(2, 3);
  tell(dispatcher, leave_route{1});
  CAF_CHECK_EQUAL(returns.count(), 1u);
}

CAF_TEST(a function is not asked to return what it does not have) {
  serve_function();
  dispatch(1);
  end(1);
  drain(5s);
  CAF_CHECK_EQUAL(returns.count(), 0u);
}

CAF_TEST(what a function has lost is settled by nobody) {
  serve_function();
  dispatch(1);
  lose(1);
  CAF_CHECK(given.last().jobs.at(0).request.cancellation.requested());
  give_back(1, 1);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  dispatch(2);
  CAF_CHECK(given.last().jobs.at(0).which == nth_lease(2));
}

CAF_TEST_FIXTURE_SCOPE_END()
