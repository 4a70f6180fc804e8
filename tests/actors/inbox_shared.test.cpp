#include "../support/far_actor.hpp"
#include "inbox_fixture.hpp"

// Several actors that register for one handler key.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public inbox_fixture {
public:
  bool join(const scripted_handler& who, uint32_t concurrency = 1,
            bool shared = true) {
    auto reply = ask<registered_handler>(
      inbox, register_handler{"order", "mail", who.actor, concurrency, shared});
    CAF_REQUIRE(reply);
    return reply->added;
  }

  bool quit(const scripted_handler& who, bool forget = false) {
    auto reply = ask<unregistered_handler>(
      inbox, unregister_handler{"order", "mail", forget, who.actor});
    CAF_REQUIRE(reply);
    return reply->removed;
  }

  uint32_t handlers() {
    auto all = stats().lanes;
    return all.empty() ? 0 : all.at(0).handlers;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_shared_tests, fixture)

CAF_TEST(actors that share a key share its work) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  CAF_CHECK_EQUAL(write(1).handlers, 1u); // one delivery, not two
  write(2);
  CAF_CHECK_EQUAL(a.calls.held(), 1u);
  CAF_CHECK_EQUAL(b.calls.held(), 1u);
}

CAF_TEST(all of a key have to share it) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(!join(b, 1, false));
  CAF_CHECK(quit(a));
  CAF_CHECK(join(b, 1, false));
  CAF_CHECK(!join(a));
  CAF_CHECK(!join(b)); // not even the same one
  CAF_CHECK_EQUAL(handlers(), 1u);
}

CAF_TEST(one that registers again is there once with its new concurrency) {
  run();
  auto a = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(a, 3));
  CAF_CHECK_EQUAL(handlers(), 1u);
  for (uint32_t n : {1u, 2u, 3u, 4u})
    write(n);
  CAF_CHECK_EQUAL(a.calls.held(), 3u);
}

CAF_TEST(a key is there as long as one of them is) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  CAF_CHECK(quit(a));
  CAF_CHECK(!quit(a));
  CAF_CHECK_EQUAL(handlers(), 1u);
  CAF_CHECK(quit(b));
  CAF_CHECK_EQUAL(handlers(), 0u);
  CAF_CHECK_EQUAL(write(1).handlers, 1u); // waits for the next one
  CAF_CHECK(join(a));
  CAF_CHECK_EQUAL(a.calls.held(), 1u);
}

CAF_TEST(whoever leaves is the one that goes) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  CAF_CHECK(quit(b));
  CAF_CHECK(!quit(b));
  write(1);
  CAF_CHECK_EQUAL(a.calls.held(), 1u);
  a.calls.release();
  CAF_CHECK(quit(a));
}

CAF_TEST(a key is forgotten with its last handler only) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  CAF_CHECK(quit(a, true));
  CAF_CHECK_EQUAL(write(1).handlers, 1u);
  b.calls.release();
  CAF_CHECK(quit(b, true));
  CAF_CHECK_EQUAL(write(2).result, write_result::unrouted);
}

CAF_TEST(a whole key can be taken off) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  CAF_CHECK(remove());
  CAF_CHECK_EQUAL(handlers(), 0u);
  CAF_CHECK(!quit(b));
}

CAF_TEST(the work of one that has ended goes to the others) {
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  for (uint32_t n : {1u, 2u, 3u})
    write(n);
  stop(a.actor);
  a.calls.drop();
  settle_messages();
  CAF_CHECK_EQUAL(handlers(), 1u);
  CAF_CHECK(log.has("handler_ended type=\"order\" key=\"mail\""));
  b.calls.release();
  advance(120s); // a local actor that quits in the midst has failed
  for (uint32_t n : {1u, 2u, 3u})
    CAF_CHECK_EQUAL(status_of(n), status::done);
  stop(b.actor);
  CAF_CHECK_EQUAL(handlers(), 0u);
}

CAF_TEST(the work of one on a lost node goes at once to the others) {
  run();
  scripted_handler distant{{}, make_far_actor(sys, far::is_silent)};
  auto near = play_handler();
  CAF_CHECK(join(distant));
  CAF_CHECK(join(near));
  write(1);
  CAF_CHECK_EQUAL(near.calls.count(), 0u);
  lose_link(distant.actor);
  settle_messages();
  CAF_REQUIRE_EQUAL(near.calls.held(), 1u);
  CAF_CHECK_EQUAL(near.calls.last().attempt, 2u);
  CAF_CHECK_EQUAL(handlers(), 1u);
}

CAF_TEST(a store that is away keeps nobody) {
  run();
  auto a = play_handler();
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  auto reply = ask<registered_handler>(
    inbox, register_handler{"order", "mail", a.actor, 1, true});
  CAF_CHECK(!reply && code_of(reply.error()) == errc::busy);
  CAF_CHECK(!quit(a));
  auto b = play_handler();
  CAF_CHECK(join(b, 1, false));
}

CAF_TEST(all of them move with the route) {
  virtual_store elsewhere{*this};
  CAF_CHECK(elsewhere.open()->add(add_route{"order", "print"}));
  auto is_elsewhere = false;
  environment.open = [&, here = place.opener(), there = elsewhere.opener()] {
    return is_elsewhere ? there() : here();
  };
  run();
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(join(a));
  CAF_CHECK(join(b));
  is_elsewhere = true; // there "mail" has another number
  faults.fail_next("claim", make_error(errc::connection_lost, "store", "gone"));
  advance(60s);
  write(1);
  write(2);
  CAF_CHECK_EQUAL(stats().lanes.size(), 1u);
  CAF_CHECK_EQUAL(handlers(), 2u);
  CAF_CHECK_EQUAL(a.calls.held(), 1u);
  CAF_CHECK_EQUAL(b.calls.held(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
