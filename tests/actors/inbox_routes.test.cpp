#include "mail_fixture.hpp"

// What happens to a handler while the store is still asked for its route.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public mail_fixture {
public:
  template <class Handle>
  register_handler registration_of(const Handle& handler) {
    return {"order", "mail", caf::actor_cast<caf::actor>(handler), 1};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_routes_tests, fixture)

CAF_TEST(a handler that was replaced before its route was known gets nothing) {
  run();
  handler_script other;
  auto other_actor = play<handler_actor>(other);
  // All three are worked off before the store answers the first.
  post(inbox, registration_of(mail_actor));
  post(inbox, unregister_handler{"order", "mail", false});
  post(inbox, registration_of(other_actor));
  settle_messages();
  CAF_CHECK_EQUAL(faults.calls("add"), 2u);
  CAF_CHECK_EQUAL(log.count("handler_registered"), 1u);
  write(1);
  CAF_CHECK_EQUAL(mail.count(), 0u);
  CAF_CHECK_EQUAL(other.count(), 1u);
}

CAF_TEST(a handler that came back before its route was known is served once) {
  run();
  post(inbox, registration_of(mail_actor));
  post(inbox, unregister_handler{"order", "mail", false});
  post(inbox, registration_of(mail_actor));
  settle_messages();
  CAF_CHECK_EQUAL(faults.calls("add"), 2u);
  CAF_CHECK_EQUAL(log.count("handler_registered"), 1u);
}

CAF_TEST(a handler that left before its route was known is not served) {
  run();
  post(inbox, registration_of(mail_actor));
  CAF_CHECK(remove());
  CAF_CHECK_EQUAL(faults.calls("add"), 1u);
  CAF_CHECK(!log.has("handler_registered"));
  CAF_CHECK(stats().lanes.empty());
  CAF_CHECK(add(mail_actor));
}

CAF_TEST(a handler whose route is looked up while a drain begins gets nothing) {
  run();
  post(inbox, registration_of(mail_actor));
  auto drained = drain();
  CAF_CHECK(*drained && **drained);
  CAF_CHECK(!log.has("handler_registered"));
}

CAF_TEST(a key is forgotten also before the store has told its route) {
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  CAF_CHECK(place.open()->add({"order", "mail"}));
  CAF_CHECK(!handlers.on_actor("order", "mail",
                               caf::actor_cast<caf::actor>(mail_actor)));
  run();
  CAF_CHECK(remove("mail", true));
  CAF_CHECK_EQUAL(write(1).result, write_result::unrouted);
  advance(10s);
  CAF_CHECK_EQUAL(stats().lanes.size(), 0u);
}

CAF_TEST(a key is forgotten while the store is still asked for its route) {
  run();
  post(inbox, registration_of(mail_actor));
  post(inbox, unregister_handler{"order", "mail", true});
  settle_messages();
  CAF_CHECK_EQUAL(faults.calls("add"), 1u);
  CAF_CHECK_EQUAL(write(1).result, write_result::unrouted);
}

CAF_TEST(a key that has a handler again is not forgotten) {
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  CAF_CHECK(!handlers.on_actor("order", "mail",
                               caf::actor_cast<caf::actor>(mail_actor)));
  run();
  handler_script other;
  auto other_actor = play<handler_actor>(other);
  post(inbox, unregister_handler{"order", "mail", true});
  post(inbox, registration_of(other_actor));
  settle_messages();
  CAF_CHECK_EQUAL(write(1).result, write_result::stored);
  CAF_CHECK_EQUAL(other.count(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
