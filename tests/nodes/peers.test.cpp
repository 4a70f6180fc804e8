#include "../../nodes/greeter.hpp"
#include "../../nodes/peer_line.hpp"
#include "../../nodes/peer_link.hpp"

#include "../support/far_actor.hpp"
#include "nodes_fixture.hpp"

// The links between inboxes on one store.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

/// What an inbox is to another one.
struct scripted_peer {
  script<inbox_owner, get_owner> owners;
  mailbox<meet_peer> met;
  mailbox<lose_peer> lost;
  mailbox<wake_up> woken;
  peering_actor actor;
};

class fixture : public nodes_fixture {
public:
  scripted_peer play_peer(uint32_t owner) {
    scripted_peer x;
    x.owners.answer_with(
      [owner](const get_owner&) { return inbox_owner{nth_id(owner)}; });
    x.actor = play<peering_actor>(x.owners, x.met, x.lost, x.woken);
    return x;
  }

  peer_line_actor draw_line(const scripted_peer& from) {
    return start<peer_line_impl>(from.actor);
  }

  static caf::actor as_actor(const peer_line_actor& x) {
    return caf::actor_cast<caf::actor>(x);
  }

  /// Links the two to each other.
  void link(const peer_line_actor& x, const peer_line_actor& y) {
    tell(x, greet_peer{nth_id(2), as_actor(y)});
    tell(y, greet_peer{nth_id(1), as_actor(x)});
  }

  /// Lines go on whatever else they are sent.
  void end(const peer_line_actor& x) {
    caf::anon_send_exit(x, caf::exit_reason::kill);
    settle_messages();
  }

  scripted_peer one = play_peer(1);
  scripted_peer two = play_peer(2);
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(peers_tests, fixture)

// -- a line -------------------------------------------------------------------

CAF_TEST(hints go from one inbox to the other) {
  auto x = draw_line(one);
  auto y = draw_line(two);
  link(x, y);
  CAF_REQUIRE_EQUAL(one.met.count(), 1u);
  CAF_CHECK(one.met.last().owner == nth_id(2));
  CAF_CHECK_EQUAL(one.met.last().peer, as_actor(x));
  CAF_CHECK(two.met.last().owner == nth_id(1));
  tell(x, wake_up{{"order"}});
  CAF_REQUIRE_EQUAL(two.woken.count(), 1u);
  CAF_CHECK_EQUAL(two.woken.last().event_types,
                  std::vector<std::string>{"order"});
  CAF_CHECK_EQUAL(one.woken.count(), 0u);
  tell(y, wake_up{});
  CAF_CHECK_EQUAL(one.woken.count(), 1u);
  advance(1min);
  CAF_CHECK_EQUAL(one.woken.count() + two.woken.count(), 2u);
}

CAF_TEST(a hint for many types is taken as one for any) {
  auto x = draw_line(one);
  auto y = draw_line(two);
  link(x, y);
  tell(x, wake_up{std::vector<std::string>(wake_up::most_types + 1, "order")});
  CAF_REQUIRE_EQUAL(two.woken.count(), 1u);
  CAF_CHECK(two.woken.last().event_types.empty());
}

CAF_TEST(only the other end has a say) {
  auto x = draw_line(one);
  auto y = draw_line(two);
  tell(x, wake_up{}); // before it is linked
  link(x, y);
  tell(x, peer_word{true, {}});
  send_anonymously(x, peer_word{true, {}});
  send_anonymously(x, wake_up{});
  send_anonymously(x, handler_down{y.address()});
  send_anonymously(x, greet_peer{nth_id(3), play_handler().actor});
  tell(x, greet_peer{nth_id(3), play_handler().actor});
  CAF_CHECK_EQUAL(one.woken.count(), 0u);
  CAF_CHECK_EQUAL(two.woken.count(), 0u);
  CAF_CHECK_EQUAL(one.met.count(), 1u);
  CAF_CHECK_EQUAL(one.lost.count(), 0u);
}

CAF_TEST(a link that ends while the other end is heard has ended suddenly) {
  auto x = draw_line(one);
  auto far = make_far_actor(sys, far::is_silent);
  tell(x, greet_peer{nth_id(2), far});
  advance(4s);
  lose_link(far);
  settle_messages();
  CAF_REQUIRE_EQUAL(one.lost.count(), 1u);
  CAF_CHECK_EQUAL(one.lost.last().peer, as_actor(x).address());
  CAF_CHECK(one.lost.last().sudden);
  CAF_CHECK(one.lost.last().out_of_reach);
}

CAF_TEST(a link that was silent has not ) {
  auto x = draw_line(one);
  auto far = make_far_actor(sys, far::is_silent);
  tell(x, greet_peer{nth_id(2), far});
  advance(5s);
  lose_link(far);
  settle_messages();
  CAF_REQUIRE_EQUAL(one.lost.count(), 1u);
  CAF_CHECK(!one.lost.last().sudden);
  CAF_CHECK(one.lost.last().out_of_reach);
}

CAF_TEST(an other end that ends by itself has not ) {
  auto x = draw_line(one);
  auto y = draw_line(two);
  link(x, y);
  advance(1h); // with all the signs of life
  end(y);
  CAF_REQUIRE_EQUAL(one.lost.count(), 1u);
  CAF_CHECK(!one.lost.last().out_of_reach);
  CAF_CHECK(!one.lost.last().sudden);
  CAF_CHECK(has_ended(as_actor(x)));
}

// -- who is greeted -----------------------------------------------------------

CAF_TEST(whoever greets gets a line) {
  auto greeter = start<greeter_impl>(one.actor, size_t{1});
  auto x = draw_line(two);
  auto reply = ask<greet_peer>(greeter, greet_peer{nth_id(2), as_actor(x)});
  CAF_REQUIRE(reply);
  CAF_CHECK(reply->owner == nth_id(1));
  CAF_REQUIRE_EQUAL(one.met.count(), 1u);
  CAF_CHECK(one.met.last().owner == nth_id(2));
  CAF_CHECK_EQUAL(one.met.last().peer, reply->peer);
  tell(x, *reply);
  tell(x, wake_up{});
  CAF_CHECK_EQUAL(one.woken.count(), 1u);
  auto more = ask<greet_peer>(greeter,
                              greet_peer{nth_id(3), as_actor(draw_line(two))});
  CAF_CHECK_EQUAL(code_of(more.error()), errc::busy);
  end(x);
  CAF_CHECK(
    ask<greet_peer>(greeter, greet_peer{nth_id(3), as_actor(draw_line(two))}));
}

CAF_TEST(an inbox is no peer of itself) {
  auto greeter = start<greeter_impl>(one.actor, size_t{9});
  for (auto& owner : {nth_id(1), uuid{}}) {
    auto reply = ask<greet_peer>(greeter,
                                 greet_peer{owner, as_actor(draw_line(one))});
    CAF_REQUIRE(!reply);
    CAF_CHECK_EQUAL(field_of(reply.error()), "owner");
  }
  CAF_CHECK_EQUAL(one.met.count(), 0u);
}

CAF_TEST(the lines end with the greeter) {
  auto greeter = start<greeter_impl>(one.actor, size_t{9});
  auto x = draw_line(two);
  auto reply = ask<greet_peer>(greeter, greet_peer{nth_id(2), as_actor(x)});
  tell(x, *reply);
  tell(greeter, end_duty{});
  CAF_CHECK(has_ended(reply->peer));
  CAF_CHECK(has_ended(as_actor(x)));
  CAF_REQUIRE_EQUAL(two.lost.count(), 1u);
  CAF_CHECK(!two.lost.last().sudden);
}

CAF_TEST_FIXTURE_SCOPE_END()
