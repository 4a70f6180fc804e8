#include "../../nodes/remote_handler.hpp"

#include "../support/far_actor.hpp"
#include "nodes_fixture.hpp"

// What stands for a handler on another node.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public nodes_fixture {
public:
  remote_handler_actor stand_for(const caf::actor& who) {
    auto result = start<remote_handler_impl>(who);
    tell(result, caf::monitor_atom_v);
    return result;
  }

  pending<outcome> hand(const remote_handler_actor& to) {
    handle_event x;
    x.handler_key = "mail";
    x.timeout = 10s;
    return begin<outcome>(to, x);
  }

  static bool is_lost(const pending<outcome>& x) {
    return *x && !**x && code_of((*x)->error()) == errc::node_lost;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(remote_handler_tests, fixture)

CAF_TEST(it passes on requests and outcomes) {
  auto handler = play_handler();
  auto local = stand_for(handler.actor);
  auto first = hand(local);
  auto second = hand(local);
  CAF_CHECK_EQUAL(handler.calls.held(), 2u);
  CAF_CHECK_EQUAL(handler.calls.last().handler_key, "mail");
  CAF_CHECK(!*first);
  handler.calls.answer(snoozed(3s));
  settle_messages();
  CAF_REQUIRE(*first && **first);
  CAF_CHECK_EQUAL(***first, snoozed(3s));
  CAF_CHECK(!*second);
}

CAF_TEST(codes that mean something to the dispatcher are not for others) {
  auto handler = play_handler();
  auto local = stand_for(handler.actor);
  for (auto code : {errc::node_lost, errc::handler_stuck, errc::busy}) {
    auto reply = hand(local);
    handler.calls.answer(make_error(code, "printer", "is in use"));
    settle_messages();
    CAF_REQUIRE(*reply && **reply);
    CAF_CHECK_EQUAL((**reply)->verdict, verdict::failed);
    CAF_CHECK_EQUAL((**reply)->message,
                    to_string(code) + ": printer: is in use");
  }
}

CAF_TEST(an answer that comes too late is a failure) {
  auto local = stand_for(make_far_actor(sys, far::is_silent));
  auto reply = hand(local);
  advance(10s);
  CAF_REQUIRE(*reply && **reply);
  CAF_CHECK_EQUAL((**reply)->verdict, verdict::failed);
}

CAF_TEST(when the link is lost all is answered and it ends) {
  auto handler = make_far_actor(sys, far::is_silent);
  auto local = stand_for(handler);
  auto first = hand(local);
  auto second = hand(local);
  lose_link(handler);
  settle_messages();
  CAF_CHECK(is_lost(first));
  CAF_CHECK(is_lost(second));
  CAF_CHECK(has_ended(caf::actor_cast<caf::actor>(local)));
}

CAF_TEST(a broken request waits for word of the link) {
  auto handler = make_far_actor(sys, far::bounces);
  auto local = stand_for(handler);
  auto first = hand(local);
  CAF_CHECK(!*first);
  advance(100ms);
  CAF_REQUIRE(*first && **first); // the handler lives: it is its own failure
  CAF_CHECK_EQUAL((**first)->verdict, verdict::failed);
  auto second = hand(local);
  CAF_CHECK(!*second);
  lose_link(handler);
  settle_messages();
  CAF_CHECK(is_lost(second));
  advance(100ms);
}

CAF_TEST(nobody else can end it) {
  auto handler = play_handler();
  auto local = stand_for(handler.actor);
  tell(local, handler_down{handler.actor.address()});
  send_anonymously(caf::actor_cast<caf::actor>(local),
                   make_error(errc::stopped, "handler", "must end"));
  caf::anon_send_exit(local, caf::exit_reason::user_shutdown);
  settle_messages();
  auto reply = hand(local);
  handler.calls.answer(done());
  settle_messages();
  CAF_CHECK(*reply && **reply);
}

CAF_TEST_FIXTURE_SCOPE_END()
