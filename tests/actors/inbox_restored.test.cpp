#include "mail_fixture.hpp"

// A store that has become another one, of before: restored from a backup, say.
// It lacks the route of a handler key that came later.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public mail_fixture {
public:
  handler_script audit;
  handler_script book;

  fixture() {
    on("order", "mail", mail_actor);
    on("paid", "audit", play<handler_actor>(audit));
    on("paid", "book", play<handler_actor>(book));
    config.write_batch_size = 32; // paid_events are a batch
    run(connection_use::per_role);
    settle_messages();
  }

  void on(const std::string& type, const std::string& key,
          const handler_actor& handler) {
    CAF_REQUIRE(
      !handlers.on_actor(type, key, caf::actor_cast<caf::actor>(handler)));
  }

  /// Takes away a route that all connections of the inbox believe in.
  void restore() {
    auto later = place.open();
    CAF_REQUIRE(later->remove({later->add({"paid", "book"})->route}));
  }

  static std::vector<event> paid_events(uint32_t first) {
    auto result = nth_events(first, 32);
    for (auto& x : result)
      x.type = "paid";
    return result;
  }

  size_t deliveries_of(const uuid& id) {
    return place.open()->find(find_event{id})->deliveries.size();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_restored_tests, fixture)

CAF_TEST(what a handler emits misses no key) {
  mail.answer_with([](const handle_event&) {
    auto result = done();
    result.events.push_back(nth_event(2, "paid"));
    return result;
  });
  restore();
  write(1);
  CAF_CHECK_EQUAL(deliveries_of(nth_id(2)), 2u);
  CAF_CHECK_EQUAL(audit.count(), 1u);
  CAF_CHECK_EQUAL(book.count(), 1u);
}

CAF_TEST(nor does what is written over the second connection) {
  restore();
  auto opened = faults.opened();
  faults.fail_after(
    "write", [this] { settle_messages(); },
    make_error(errc::busy, "store", "locked"));
  post(inbox, write_events{paid_events(101)});
  post(inbox, write_events{paid_events(201)});
  settle_messages();
  CAF_CHECK_EQUAL(faults.opened(), opened + 1);
  for (uint32_t n = 201; n <= 232; ++n)
    CAF_CHECK_EQUAL(deliveries_of(nth_id(n)), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
