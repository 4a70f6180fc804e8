#include "inbox_fixture.hpp"

// A delivery that kills its process takes no other one with it.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public inbox_fixture {
public:
  handler_script mail;
  handler_script print;

  fixture() {
    mail.hold();
    print.hold();
    add_to("mail", mail);
    add_to("print", print);
  }

  void add_to(const std::string& key, const handler_script& x) {
    CAF_CHECK(!handlers.on_actor(
      "order", key, caf::actor_cast<caf::actor>(play<handler_actor>(x))));
  }

  static bool has(const handler_script& x, uint32_t n) {
    return x.held() > 0 && x.last().event.id == nth_id(n);
  }

  /// Runs an inbox in which "mail" kills the process when it gets one of
  /// `poison`, and each other call takes a second. Returns false if it lived.
  bool live(std::vector<uint32_t> poison, timespan longest) {
    run();
    auto end = now() + longest;
    while (now() < end) {
      for (auto n : poison)
        if (has(mail, n)) {
          stop(inbox);
          mail.drop();
          if (print.held() > 0)
            print.drop();
          return true;
        }
      for (auto* x : {&mail, &print})
        if (x->held() > 0)
          x->answer(done());
      advance(1s);
    }
    stop(inbox);
    return false;
  }

  void write_all(uint32_t count) {
    auto other = place.open();
    for (auto key : {"mail", "print"})
      CAF_CHECK(other->add(add_route{"order", key}));
    CAF_CHECK(other->write(nth_events(1, count)));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_poison_tests, fixture)

CAF_TEST(what is claimed together with poison does not die of it) {
  write_all(20);
  int lives = 1;
  while (live({1}, 300s))
    ++lives;
  CAF_CHECK_EQUAL(lives, 6);
  CAF_CHECK_EQUAL(status_of(1), status::dead);
  CAF_CHECK_EQUAL(info(1).message, "lease expired on attempt 5 of 5");
  CAF_CHECK_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(status_of(1, "print"), status::done);
  for (uint32_t n = 2; n <= 20; ++n)
    for (auto key : {"mail", "print"}) {
      CAF_CHECK_EQUAL(status_of(n, key), status::done);
      CAF_CHECK_LESS(info(n, key).attempts, 5u);
    }
}

CAF_TEST(of several poisonous ones each dies and nothing else does) {
  write_all(12);
  while (live({2, 5, 9}, 600s))
    continue;
  for (uint32_t n = 1; n <= 12; ++n) {
    auto is_poison = n == 2 || n == 5 || n == 9;
    CAF_CHECK_EQUAL(status_of(n), is_poison ? status::dead : status::done);
    CAF_CHECK_EQUAL(status_of(n, "print"), status::done);
  }
  CAF_CHECK_EQUAL(deaths.count(), 3u);
}

CAF_TEST(what died twice of something else is soon back at work) {
  write_all(50);
  for (int life = 0; life < 2; ++life) {
    claim_deliveries all;
    all.owner = nth_id(98);
    all.demand = {{1, 50}, {2, 50}};
    all.limit = 100;
    all.lease_duration = 1s;
    all.max_attempts = 5;
    auto claimed = place.open()->claim(all);
    CAF_REQUIRE(claimed);
    CAF_CHECK_EQUAL(claimed->size(), 100u);
    advance(2s);
  }
  CAF_CHECK(!live({}, 60s)); // one by one it would take 100 s
  for (uint32_t n = 1; n <= 50; ++n)
    for (auto key : {"mail", "print"}) {
      CAF_CHECK_EQUAL(status_of(n, key), status::done);
      CAF_CHECK_EQUAL(info(n, key).attempts, 3u);
    }
}

CAF_TEST_FIXTURE_SCOPE_END()
