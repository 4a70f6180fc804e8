#include "dispatcher_fixture.hpp"

#include "../support/far_actor.hpp"

// The way of one attempt: request, answer, settlement.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

using other_handler = interface<answers<inbox_stats, handle_event>>;

class fixture : public dispatcher_fixture {
public:
  /// Runs one attempt to its end and returns what was settled.
  ended_attempt run(uint32_t attempt, outcome result) {
    auto mail = serve();
    dispatch(1, 1, 1, attempt);
    answer(mail, std::move(result));
    CAF_REQUIRE_EQUAL(settled.count(), 1u);
    return settled.last();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatcher_tests, fixture)

CAF_TEST(a handler gets all that belongs to the attempt) {
  auto mail = serve();
  dispatch(7, 1, 1, 2);
  CAF_REQUIRE_EQUAL(mail.count(), 1u);
  auto& asked = mail.last();
  CAF_CHECK(asked.event == nth_event(7));
  CAF_CHECK_EQUAL(asked.handler_key, "mail");
  CAF_CHECK_EQUAL(asked.attempt, 2u);
  CAF_CHECK_EQUAL(asked.max_attempts, 3u);
  CAF_CHECK_EQUAL(asked.timeout, timespan{10s});
  CAF_CHECK(!asked.cancellation.requested());
  CAF_CHECK_EQUAL(settled.count(), 0u);
}

// -- answers ------------------------------------------------------------------

CAF_TEST(done is settled as done) {
  auto end = run(1, done());
  CAF_CHECK(end.settlement.lease == nth_lease(1));
  CAF_CHECK_EQUAL(end.settlement.verdict, verdict::done);
}

CAF_TEST(failed is due again after the backoff) {
  auto end = run(2, failed("no paper"));
  CAF_CHECK_EQUAL(end.settlement.verdict, verdict::failed);
  CAF_CHECK_EQUAL(end.settlement.message, "no paper");
  CAF_CHECK_GREATER_OR_EQUAL(end.settlement.delay, timespan{5s});
}

CAF_TEST(failed at the last attempt is dead and has an obituary) {
  auto end = run(3, failed("no paper"));
  CAF_CHECK_EQUAL(end.settlement.verdict, verdict::dead);
  CAF_CHECK_EQUAL(end.settlement.message, "no paper");
  CAF_REQUIRE(end.obituary);
  CAF_CHECK_EQUAL(end.obituary->event_id, nth_id(1));
  CAF_CHECK_EQUAL(end.obituary->event_type, "order");
  CAF_CHECK_EQUAL(end.obituary->handler_key, "mail");
  CAF_CHECK_EQUAL(end.obituary->attempts, 3u);
  CAF_CHECK_EQUAL(end.obituary->message, "no paper");
}

CAF_TEST(dead is dead at the first attempt) {
  auto end = run(1, dead("no such customer"));
  CAF_CHECK_EQUAL(end.settlement.verdict, verdict::dead);
  CAF_REQUIRE(end.obituary);
  CAF_CHECK_EQUAL(end.obituary->attempts, 1u);
  CAF_CHECK_EQUAL(end.obituary->message, "no such customer");
}

CAF_TEST(snoozed comes back after its delay) {
  auto end = run(3, snoozed(90s));
  CAF_CHECK_EQUAL(end.settlement.verdict, verdict::snoozed);
  CAF_CHECK_EQUAL(end.settlement.delay, timespan{90s});
}

// -- no answer, or a wrong one ------------------------------------------------

CAF_TEST(the deadline ends an attempt and a late answer is ignored) {
  auto mail = serve();
  dispatch(1);
  advance(10s - 1ms);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  CAF_CHECK(!mail.last().cancellation.requested());
  advance(1ms);
  auto end = settlement_of(1);
  CAF_CHECK_EQUAL(end.verdict, verdict::failed);
  CAF_CHECK_EQUAL(end.message, "no answer within the deadline of 10s");
  CAF_CHECK(mail.last().cancellation.requested());
  answer(mail, done());
  CAF_CHECK_EQUAL(settled.count(), 1u);
  CAF_CHECK_EQUAL(lane().settling, 1u);
  confirm(1);
  CAF_CHECK_EQUAL(lane().settling, 0u);
  CAF_CHECK_EQUAL(lane().running, 0u);
}

CAF_TEST(the deadline of the last attempt is the end) {
  serve();
  dispatch(1, 1, 1, 3);
  advance(10s);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::dead);
}

CAF_TEST(an error is a failure with its text) {
  auto mail = serve();
  dispatch(1);
  mail.answer(make_error(errc::invalid, "amount", "is negative"));
  settle_messages();
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(1).message, "invalid: amount: is negative");
}

CAF_TEST(a dropped request is a failure) {
  auto mail = serve();
  dispatch(1);
  mail.drop();
  settle_messages();
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(1).message,
                  "the handler actor dropped the request without an answer");
}

CAF_TEST(a handler that answers another type has failed) {
  script<inbox_stats, handle_event> odd;
  serve_with(play<other_handler>(odd));
  dispatch(1);
  CAF_CHECK_EQUAL(odd.count(), 1u);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(1).message,
                  "the handler actor answered something else than an outcome");
}

CAF_TEST(an actor that is no handler has failed) {
  serve_with(poller);
  dispatch(1);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
}

CAF_TEST(a handler that throws has failed) {
  handler_script wild;
  wild.answer_with([](const handle_event&) -> caf::expected<outcome> {
    throw std::runtime_error{"wild"};
  });
  serve_with(play<handler_actor>(wild));
  dispatch(1, 3);
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(lane().queued, 1u); // the inbox will give it back
  CAF_CHECK_EQUAL(wild.count(), 1u);
}

CAF_TEST(a handler that quits has failed what it ran and not its queue) {
  handler_script mail;
  mail.hold();
  auto handler = play<handler_actor>(mail);
  serve_with(handler);
  dispatch(1, 4);
  stop(handler);
  mail.drop(); // with its actor goes the promise of an answer
  settle_messages();
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  // Until the inbox has heard of it nothing more is begun.
  CAF_CHECK_EQUAL(lane().queued, 2u);
  CAF_CHECK_EQUAL(lane().running, 0u);
  tell(dispatcher, leave_route{1});
  for (uint32_t n : {3u, 4u})
    CAF_CHECK_EQUAL(settlement_of(n).verdict, verdict::released);
}

CAF_TEST(none of those that a handler had not begun when it quit has failed) {
  handler_script gone;
  auto handler = play<handler_actor>(gone);
  serve_with(handler, 1, 3);
  stop(handler);
  dispatch(1, 4);
  for (uint32_t n : {1u, 2u, 3u})
    CAF_CHECK_EQUAL(settlement_of(n).verdict, verdict::released);
  CAF_CHECK_EQUAL(lane().queued, 1u);
}

CAF_TEST(what a handler takes after it looked as if it were gone has failed) {
  auto mail = serve(1, 3);
  dispatch(1, 6);
  auto answer_three = [&] {
    for (int i = 0; i < 3; ++i)
      mail.answer(caf::make_error(caf::sec::request_receiver_down));
    settle_messages();
  };
  answer_three();
  for (uint32_t n : {1u, 2u, 3u})
    CAF_CHECK_EQUAL(settlement_of(n).verdict, verdict::released);
  // So it passes on somebody else's end, and each of its answers counts.
  advance(100ms);
  answer_three();
  for (uint32_t n : {4u, 5u, 6u})
    CAF_CHECK_EQUAL(settlement_of(n).verdict, verdict::failed);
}

CAF_TEST(a handler on another node that is gone has failed) {
  serve_with(make_far_actor(sys));
  dispatch(1, 2, 1, 3);
  CAF_CHECK_EQUAL(settled.count(), 0u);
  CAF_CHECK_EQUAL(lane().queued, 1u);
  tell(dispatcher, leave_route{1}); // the inbox has heard of it
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  advance(100ms);
  // It may have begun, and may have ended for it: so the attempt counts.
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::dead);
  CAF_CHECK_EQUAL(settlement_of(1).message, "the handler actor has ended");
}

CAF_TEST(a handler that stays and answers as if it were gone has failed) {
  handler_script mail;
  mail.answer_with([](const handle_event&) -> caf::expected<outcome> {
    return caf::make_error(caf::sec::request_receiver_down);
  });
  serve_with(play<handler_actor>(mail));
  dispatch(1, 3);
  // Once it is taken for the end of the handler, but no more than once.
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  CAF_CHECK_EQUAL(settled.count(), 1u);
  advance(100ms);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::failed);
  CAF_CHECK_EQUAL(settled.count(), 2u);
  advance(100ms);
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::failed);
  // An answer of its own shows that it is there.
  mail.answer_with([](const handle_event&) { return done(); });
  dispatch(4);
  advance(100ms);
  CAF_CHECK_EQUAL(settlement_of(4).verdict, verdict::done);
  dispatch(5);
  CAF_CHECK_EQUAL(settlement_of(5).verdict, verdict::done);
  // So the next answer of the kind may be its end again.
  mail.answer_with([](const handle_event&) -> caf::expected<outcome> {
    return caf::make_error(caf::sec::request_receiver_down);
  });
  dispatch(6);
  CAF_CHECK_EQUAL(settlement_of(6).verdict, verdict::released);
}

CAF_TEST_FIXTURE_SCOPE_END()
