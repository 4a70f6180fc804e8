#include "postgres_fixture.hpp"

#include "../../storage/postgres/owner_lock.hpp"
#include "../../storage/wake_channel.hpp"

#include <future>

// How inboxes wake each other over PostgreSQL, and show that they are there.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  wake_channel_ptr connect(uint32_t n) {
    return get(get(find_wake_channel(place.options(), id(n)))());
  }

  /// Returns what a channel hears next.
  std::vector<wake_up> hear(wake_channel& channel, wake_signal& signal) {
    auto result = std::async(std::launch::async,
                             [&] { return channel.wait(signal); });
    if (result.wait_for(20s) != std::future_status::ready) {
      signal.end();
      CAF_FAIL("nothing was heard");
    }
    return get(result.get());
  }

  /// Has a channel tell others, and no more.
  void tell(wake_channel& channel, const wake_up& what) {
    wake_signal signal;
    signal.ring(what);
    signal.end();
    CAF_CHECK(get(channel.wait(signal)).empty());
  }

  bool is_present(uint32_t n) {
    return get(open()->look_for({id(n)})).present;
  }

  timestamp look(uint32_t n) {
    return get(open()->look_for({id(n)})).latest_lease;
  }

  /// The server notices by itself that a session is over.
  void await_absence(uint32_t n) {
    for (auto i = 0; i < 1000 && is_present(n); ++i)
      std::this_thread::sleep_for(10ms);
    CAF_REQUIRE(!is_present(n));
  }

  std::string sessions() const {
    return "from pg_locks l join pg_stat_activity a using (pid) where "
           "l.locktype = 'advisory' and a.application_name = 'caf-inbox'";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(postgres_wake_tests, fixture)

CAF_TEST(others hear what one tells and it does not hear itself) {
  open();
  auto one = connect(1);
  auto two = connect(2);
  auto three = connect(3);
  wake_signal signal;
  tell(*one, {{"order", "ma\"il"}});
  for (auto* other : {&two, &three}) {
    auto heard = hear(**other, signal);
    CAF_REQUIRE_EQUAL(heard.size(), 1u);
    CAF_CHECK_EQUAL(heard[0].event_types,
                    (std::vector<std::string>{"order", "ma\"il"}));
  }
  tell(*two, {});
  auto heard = hear(*one, signal);
  CAF_REQUIRE_EQUAL(heard.size(), 1u);
  CAF_CHECK(heard[0].event_types.empty());
}

CAF_TEST(inboxes of another prefix hear nothing) {
  open();
  auto one = connect(1);
  postgres_test_store elsewhere;
  auto other = get(get(find_wake_channel(elsewhere.options(), id(2)))());
  tell(*one, {{"order"}});
  wake_signal signal;
  signal.end();
  CAF_CHECK(get(other->wait(signal)).empty());
}

CAF_TEST(a signal is told to others while its thread waits) {
  open();
  auto one = connect(1);
  auto two = connect(2);
  wake_signal of_one;
  auto waiting = std::async(std::launch::async,
                            [&] { return one->wait(of_one); });
  wake_signal of_two;
  for (auto type : {"order", "mail"}) {
    of_one.ring({{type}});
    auto heard = hear(*two, of_two);
    CAF_CHECK_EQUAL(heard.at(0).event_types, std::vector<std::string>{type});
  }
  of_one.end();
  CAF_REQUIRE(waiting.wait_for(20s) == std::future_status::ready);
  CAF_CHECK(get(waiting.get()).empty());
}

CAF_TEST(an owner is there as long as its connection) {
  CAF_CHECK(!is_present(1));
  auto one = connect(1);
  CAF_CHECK(one->present());
  CAF_CHECK(is_present(1));
  CAF_CHECK(!is_present(2));
  one.reset();
  await_absence(1);
}

CAF_TEST(
  who follows on an own session that lingers is there once that is gone) {
  open();
  auto before = connect(1);
  auto after = connect(1);
  CAF_CHECK(!after->present());
  wake_signal signal;
  before.reset();
  CAF_CHECK(hear(*after, signal).empty());
  CAF_CHECK(after->present());
}

CAF_TEST(a session that the server ends is an error) {
  open();
  auto one = connect(1);
  client.run("select pg_terminate_backend(pid) " + sessions());
  wake_signal signal;
  auto heard = one->wait(signal);
  CAF_REQUIRE(!heard);
  CAF_CHECK_EQUAL(code_of(heard.error()), errc::connection_lost);
  await_absence(1);
}

CAF_TEST(the leases of an absent owner end when that is wanted) {
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(5)));
  auto ordered = make(10);
  ordered.ordering_key = "one after another";
  get(db->write({ordered}));
  owner = id(1);
  CAF_REQUIRE_EQUAL(get(db->claim(demand(route, 3))).claimed.size(), 3u);
  CAF_REQUIRE_EQUAL(get(db->claim(demand(route, 3))).claimed.size(), 3u);
  owner = id(2);
  CAF_CHECK(get(db->claim(demand(route, 10))).claimed.empty());
  auto looked = get(db->look_for({id(1)}));
  CAF_CHECK(!looked.present);
  CAF_CHECK_EQUAL(looked.ended, 0u);
  CAF_CHECK(get(db->claim(demand(route, 10))).claimed.empty());
  CAF_CHECK(looked.known);
  // Of another owner there is nothing to end.
  CAF_CHECK_EQUAL(get(db->look_for({id(3), true, look(3)})).ended, 0u);
  CAF_CHECK(get(db->claim(demand(route, 10))).claimed.empty());
  auto ended = get(db->look_for({id(1), true, looked.latest_lease}));
  CAF_CHECK(!ended.present);
  CAF_CHECK_GREATER(ended.ended, 1u); // claims, and one with its own lease
  // Also whoever has read further finds them.
  auto ask = demand(route, 10);
  ask.read_on = true;
  auto again = get(db->claim(ask));
  CAF_CHECK_EQUAL(again.claimed.size(), 6u);
  for (auto& x : again.claimed)
    CAF_CHECK_EQUAL(x.attempt, 2u);
  CAF_CHECK_EQUAL(get(db->look_for({id(1), true, look(1)})).ended, 0u);
}

CAF_TEST(an owner that has claimed since the look keeps its leases) {
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(5)));
  owner = id(1);
  get(db->claim(demand(route, 3)));
  auto before = look(1);
  get(db->claim(demand(route, 2)));
  auto found = get(db->look_for({id(1), true, before}));
  CAF_CHECK_EQUAL(found.ended, 0u);
  owner = id(2);
  CAF_CHECK(get(db->claim(demand(route, 10))).claimed.empty());
}

CAF_TEST(whoever looks is not taken for the owner) {
  auto db = open();
  auto lock
    = std::to_string(postgres::owner_lock(place.options().prefix, id(1)));
  client.run("begin; select pg_try_advisory_xact_lock_shared(" + lock + ")");
  CAF_CHECK(!is_present(1));
  client.run("commit");
}

CAF_TEST(the leases of an owner that is there stay) {
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(3)));
  owner = id(1);
  auto held = get(db->claim(demand(route, 3)));
  CAF_REQUIRE_EQUAL(held.claimed.size(), 3u);
  // It comes back between the look and the end, and has done nothing else.
  auto before = look(1);
  auto one = connect(1);
  auto found = get(db->look_for({id(1), true, before}));
  CAF_CHECK(found.present);
  CAF_CHECK_EQUAL(found.ended, 0u);
  owner = id(2);
  CAF_CHECK(get(db->claim(demand(route, 10))).claimed.empty());
  settle_deliveries done;
  for (auto& x : held.claimed)
    done.settlements.push_back({x.lease, verdict::done, 0s, ""});
  CAF_CHECK(get(db->settle(done)).lost.empty());
}

CAF_TEST(what was renewed ends as well) {
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(3)));
  owner = id(1);
  auto held = get(db->claim(demand(route, 3)));
  renew_leases renewal{{}, 1min};
  for (auto& x : held.claimed)
    renewal.leases.push_back(x.lease);
  CAF_CHECK(get(db->renew(renewal)).lost.empty());
  CAF_CHECK_EQUAL(get(db->look_for({id(1), true, look(1)})).ended, 3u);
  owner = id(2);
  CAF_CHECK_EQUAL(get(db->claim(demand(route, 10))).claimed.size(), 3u);
  CAF_CHECK_EQUAL(get(db->renew(renewal)).lost.size(), 3u);
}

CAF_TEST_FIXTURE_SCOPE_END()
