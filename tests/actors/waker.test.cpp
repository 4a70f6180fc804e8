#include "../../actors/waker.hpp"

#include "../support/actor_fixture.hpp"

// How hints for other inboxes are gathered.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public actor_fixture {
public:
  wake_signal_ptr signal = std::make_shared<wake_signal>();
  mailbox<wake_up> told;
  waker_actor waker;

  void run() {
    waker = start<waker_impl>(signal);
  }

  caf::actor meet() {
    auto peer = caf::actor_cast<caf::actor>(play<woken_actor>(told));
    tell(waker, meet_peer{nth_id(1), peer});
    return peer;
  }

  void alert(std::vector<std::string> types) {
    tell(waker, wake_others{{std::move(types)}});
  }

  /// What the channel is to tell.
  std::vector<std::string> rung() {
    auto what = signal->take();
    return what ? what->event_types : std::vector<std::string>{"nothing"};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(waker_tests, fixture)

CAF_TEST(others are told at once and then from time to time) {
  run();
  meet();
  alert({"order"});
  CAF_REQUIRE_EQUAL(told.count(), 1u);
  CAF_CHECK_EQUAL(told.last().event_types, std::vector<std::string>{"order"});
  CAF_CHECK_EQUAL(rung(), std::vector<std::string>{"order"});
  for (auto type : {"mail", "order", "mail"})
    alert({type});
  CAF_CHECK_EQUAL(told.count(), 1u);
  CAF_CHECK_EQUAL(rung(), std::vector<std::string>{"nothing"});
  advance(5ms);
  CAF_REQUIRE_EQUAL(told.count(), 2u);
  CAF_CHECK_EQUAL(told.last().event_types,
                  (std::vector<std::string>{"mail", "order"}));
  CAF_CHECK_EQUAL(rung(), (std::vector<std::string>{"mail", "order"}));
  advance(1h);
  CAF_CHECK_EQUAL(told.count(), 2u);
  CAF_CHECK(!has_pending_timeout());
  alert({"order"});
  CAF_CHECK_EQUAL(told.count(), 3u);
}

CAF_TEST(a peer that has ended is told nothing) {
  run();
  auto one = meet();
  meet();
  stop(one);
  settle_messages();
  alert({"order"});
  CAF_CHECK_EQUAL(told.count(), 1u);
}

CAF_TEST(without anybody to tell nothing is kept) {
  signal = nullptr;
  run();
  alert({"order"});
  CAF_CHECK(!has_pending_timeout());
  meet();
  advance(1s);
  CAF_CHECK_EQUAL(told.count(), 0u);
}

CAF_TEST(at the end all that waits is told) {
  run();
  meet();
  alert({"order"});
  alert({"mail"});
  tell(waker, end_duty{});
  CAF_CHECK_EQUAL(told.count(), 2u);
  CAF_CHECK_EQUAL(rung(), (std::vector<std::string>{"order", "mail"}));
  CAF_CHECK(signal->ended());
}

CAF_TEST(the signal ends with its waker) {
  run();
  stop(waker);
  settle_messages();
  waker = nullptr;
  CAF_CHECK(signal->ended());
}

CAF_TEST_FIXTURE_SCOPE_END()
