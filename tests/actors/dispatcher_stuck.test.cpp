#include "dispatcher_fixture.hpp"

// Handlers that can take no more work, or none at all.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public dispatcher_fixture {
public:
  void answer_stuck(handler_script& handler) {
    handler.answer(make_error(errc::handler_stuck, "mail", "do not return"));
    settle_messages();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatcher_stuck_tests, fixture)

CAF_TEST(work for a stuck handler is given back and not counted) {
  auto mail = serve();
  dispatch(1, 3);
  answer_stuck(mail);
  for (uint32_t n : {1u, 2u, 3u})
    CAF_CHECK_EQUAL(settlement_of(n).verdict, verdict::released);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  CAF_CHECK(lane().stuck);
  for (uint32_t n : {1u, 2u, 3u})
    confirm(n);
  CAF_CHECK_EQUAL(room(), 0u);
}

CAF_TEST(what arrives for a stuck handler is given back) {
  auto mail = serve();
  dispatch(1);
  answer_stuck(mail);
  dispatch(2, 2);
  CAF_CHECK_EQUAL(settlement_of(2).verdict, verdict::released);
  CAF_CHECK_EQUAL(settlement_of(3).verdict, verdict::released);
  for (uint32_t n : {1u, 2u, 3u})
    confirm(n);
  CAF_CHECK_EQUAL(lane().settling, 0u);
  CAF_CHECK_EQUAL(lane().queued, 0u);
}

CAF_TEST(a stuck handler is tried again with one delivery) {
  auto mail = serve();
  dispatch(1);
  answer_stuck(mail);
  confirm(1);
  CAF_CHECK_EQUAL(room(), 0u);
  advance(10s - 1ms);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  advance(1ms);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_EQUAL(room(), 1u);
  CAF_CHECK(!lane().stuck);
  // Still stuck: the same again.
  dispatch(2);
  answer_stuck(mail);
  CAF_CHECK(lane().stuck);
  confirm(2);
  advance(10s);
  CAF_CHECK_EQUAL(room(), 1u);
  // And now it works.
  dispatch(3);
  answer(mail, done());
  confirm(3);
  CAF_CHECK_GREATER(room(), 1u);
}

CAF_TEST(while others run a handler that can take no more gets less) {
  auto mail = serve(1, 4);
  dispatch(1, 6);
  CAF_CHECK_EQUAL(mail.held(), 4u);
  answer_stuck(mail); // the oldest; three are at work
  CAF_CHECK_EQUAL(settlement_of(1).verdict, verdict::released);
  CAF_CHECK_EQUAL(settled.count(), 1u);
  CAF_CHECK(!lane().stuck);
  CAF_CHECK_EQUAL(lane().queued, 2u);
  answer(mail, done());
  CAF_CHECK_EQUAL(lane().running, 3u); // one ends, one begins
  advance(10s - 1ms);
  auto before = mail.count();
  answer(mail, done());
  CAF_CHECK_EQUAL(mail.count(), before + 1);
  dispatch(7, 4);
  CAF_CHECK_EQUAL(lane().running, 3u);
  advance(1ms);
  CAF_CHECK_EQUAL(lane().running, 4u);
}

CAF_TEST(a stuck key does not hold up another) {
  auto stuck = serve(1, 1, "stuck");
  auto mail = serve(2, 1, "mail");
  dispatch(1, 1, 1);
  answer_stuck(stuck);
  dispatch(2, 1, 2);
  answer(mail, done());
  CAF_CHECK_EQUAL(settlement_of(2, 2).verdict, verdict::done);
}

CAF_TEST_FIXTURE_SCOPE_END()
