#include "postgres_fixture.hpp"

#include <future>

// Routes that come and go while events are on their way: none is missed.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  auto write_aside(const std::vector<event>& events) {
    return std::async(std::launch::async, [this, events] {
      auto mine = open();
      return get(mine->write(events)).receipts;
    });
  }

  auto add_aside(const std::string& key) {
    return std::async(std::launch::async, [this, key] {
      auto mine = open();
      return get(mine->add({"order", key})).route;
    });
  }

  static size_t handlers(store& db, const uuid& id) {
    return get(db.find({id})).deliveries.size();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(route_tests, fixture)

CAF_TEST(a new route waits for who writes and gets what comes after) {
  auto db = open();
  add_route(*db);
  // The writer waits behind a row that somebody else is about to insert.
  client.run("begin; insert into " + table("event")
             + " (id, written_at, unrouted, type, payload) values ('"
             + to_string(id(2)) + "', now(), true, 'order', '')");
  auto writing = write_aside({make(1), make(2)});
  await_blocked();
  auto adding = add_aside("audit");
  await_blocked(2);
  CAF_CHECK(adding.wait_for(0s) == std::future_status::timeout);
  client.run("rollback");
  CAF_CHECK_EQUAL(writing.get().at(0).handlers, 1u);
  adding.get();
  CAF_CHECK_EQUAL(get(db->write({make(3)})).receipts.at(0).handlers, 2u);
}

CAF_TEST(a new route waits for who completes an event) {
  auto db = open();
  get(db->write({make(1)}));
  add_route(*db);
  client.run("begin; select from " + table("event") + " for no key update");
  auto writing = write_aside({make(1)});
  await_blocked();
  auto adding = add_aside("audit");
  await_blocked(2);
  client.run("commit");
  CAF_CHECK_EQUAL(writing.get().at(0).handlers, 1u);
  adding.get();
  CAF_CHECK_EQUAL(handlers(*db, id(1)), 1u);
}

CAF_TEST(an event that is written while its route is added has it) {
  auto db = open();
  // Whoever writes at this moment either is seen by the one who adds or sees
  // the route: in each round both begin together.
  for (uint32_t round = 0; round < 40; ++round) {
    auto first = "first " + std::to_string(round);
    auto second = "second " + std::to_string(round);
    get(db->add({"type", first}));
    auto x = make(round);
    x.type = "type";
    auto writing = write_aside({x});
    auto adding = std::async(std::launch::async, [&] {
      auto mine = open();
      get(mine->add({"type", second}));
      // From here on no event may lack it.
      return get(mine->find({x.id})).event.has_value();
    });
    auto receipt = writing.get().at(0);
    auto was_there = adding.get();
    if (!was_there)
      CAF_CHECK_EQUAL(receipt.handlers, 2 * round + 2);
  }
}

CAF_TEST(a route that is there is found without waiting) {
  auto db = open();
  auto mail = add_route(*db);
  client.run("begin; insert into " + table("event")
             + " (id, written_at, unrouted, type, payload) values ('"
             + to_string(id(2)) + "', now(), true, 'order', '')");
  auto writing = write_aside({make(2)});
  await_blocked();
  CAF_CHECK_EQUAL(get(open(hasty_options())->add({"order", "mail"})).route,
                  mail);
  client.run("rollback");
  writing.get();
}

CAF_TEST_FIXTURE_SCOPE_END()
