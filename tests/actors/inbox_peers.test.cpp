#include "mail_fixture.hpp"

// What an inbox does for others on its store, and when they say something.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public mail_fixture {
public:
  mailbox<wake_up> told;
  woken_actor peer = play<woken_actor>(told);

  peering_actor as_peer() const {
    return caf::actor_cast<peering_actor>(inbox);
  }

  void meet() {
    tell(as_peer(), meet_peer{nth_id(5), caf::actor_cast<caf::actor>(peer)});
  }

  /// Writes as another inbox does.
  void write_elsewhere(uint32_t n) {
    CAF_REQUIRE(place.open()->write({nth_event(n)}));
  }

  void hear(std::vector<std::string> types) {
    tell(as_peer(), wake_up{std::move(types)});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_peers_tests, fixture)

CAF_TEST(what another one has written is looked for when it says so) {
  run();
  add(mail_actor);
  write_elsewhere(1);
  settle_messages();
  CAF_CHECK_EQUAL(mail.count(), 0u);
  hear({"bill", "orde", "order "});
  CAF_CHECK_EQUAL(mail.count(), 0u);
  hear({"bill", "order"});
  CAF_CHECK_EQUAL(mail.count(), 1u);
  write_elsewhere(2);
  hear({});
  CAF_CHECK_EQUAL(mail.count(), 2u);
}

CAF_TEST(what was joined is looked for when the application says so) {
  run();
  add(mail_actor);
  meet();
  write_elsewhere(1);
  tell(inbox, announce_events{{"bill"}});
  CAF_CHECK_EQUAL(mail.count(), 0u);
  tell(inbox, announce_events{{"order"}});
  CAF_CHECK_EQUAL(mail.count(), 1u);
  write_elsewhere(2);
  tell(inbox, announce_events{});
  CAF_CHECK_EQUAL(mail.count(), 2u);
  advance(1s); // what others are told is gathered meanwhile
  CAF_REQUIRE_GREATER(told.count(), 0u);
  CAF_CHECK(told.last().event_types.empty());
}

CAF_TEST(so many announced types stand for any) {
  run();
  add(mail_actor);
  write_elsewhere(1);
  tell(inbox, announce_events{std::vector<std::string>(17, "bill")});
  CAF_CHECK_EQUAL(mail.count(), 1u);
}

CAF_TEST(others are told of what is not for this one) {
  CAF_REQUIRE(place.open()->add({"order", "elsewhere"}));
  run();
  meet();
  write(1);
  CAF_REQUIRE_EQUAL(told.count(), 1u);
  CAF_CHECK_EQUAL(told.last().event_types, std::vector<std::string>{"order"});
}

CAF_TEST(what is done at once is told nobody) {
  run();
  add(mail_actor);
  advance(config.iteration_rate);
  meet();
  write(1);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  CAF_CHECK_EQUAL(told.count(), 0u);
}

CAF_TEST(others are told of what is given back at the end) {
  run();
  mail.hold();
  add(mail_actor);
  write(1);
  write(2);
  meet();
  auto drained = drain();
  mail.release();
  settle_messages();
  CAF_REQUIRE(*drained && **drained);
  CAF_CHECK_EQUAL((**drained)->released, 1u);
  CAF_CHECK_EQUAL(told.count(), 1u);
}

CAF_TEST(others are told of what a lost node had) {
  run();
  mail.hold();
  add(mail_actor);
  write(1);
  meet();
  advance(1s);
  mail.answer(make_error(errc::node_lost, "handler", "is out of reach"));
  settle_messages();
  CAF_CHECK_EQUAL(told.count(), 1u);
}

CAF_TEST(it says under which owner its leases are) {
  run();
  auto reply = ask<inbox_owner>(as_peer(), get_owner{});
  CAF_REQUIRE(reply);
  CAF_CHECK(reply->owner == nth_id(99));
}

CAF_TEST_FIXTURE_SCOPE_END()
