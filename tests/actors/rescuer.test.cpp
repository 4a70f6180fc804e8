#include "../../actors/rescuer.hpp"

#include "../support/actor_fixture.hpp"
#include "../support/log_lines.hpp"

// When the leases of another inbox end before their time.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public actor_fixture {
public:
  script<found_owner, look_for_owner> store;
  script<held_leases, get_leases> leases;
  mailbox<lose_leases> given_up;
  mailbox<poke_poller> pokes;
  mailbox<wake_others> alerts;
  log_lines log;
  /// Whether the store shows the other inbox.
  bool there = true;
  bool known = true;
  timestamp latest{std::chrono::seconds{50}};
  timestamp asked_for{};
  rescuer_actor rescuer;

  fixture() {
    store.answer_with([this](const look_for_owner& x) {
      asked_for = x.latest_lease;
      auto ends = !there && x.end_leases && x.latest_lease == latest;
      return found_owner{known, there, latest, ends ? 7u : 0u};
    });
    leases.answer_with([](const get_leases&) {
      return held_leases{{nth_lease(1), nth_lease(2)}};
    });
    rescuer = spawn_rescuer();
    tell(rescuer, presence_changed{true});
  }

  rescuer_actor spawn_rescuer() {
    return start<rescuer_impl>(
      play<looking_store>(store),
      play<lease_holding_actor>(leases, mailbox<extend_leases>{}, given_up),
      play<poked_actor>(pokes), play<alerting_actor>(alerts), log.logger);
  }

  /// Returns what stands for a link.
  caf::actor meet(uint32_t owner = 1) {
    auto link
      = caf::actor_cast<caf::actor>(play<woken_actor>(mailbox<wake_up>{}));
    tell(rescuer, meet_peer{nth_id(owner), link});
    return link;
  }

  void lose(const caf::actor& link, bool sudden = true) {
    tell(rescuer, lose_peer{link.address(), true, sudden});
  }

  size_t rescues() const {
    size_t result = 0;
    for (auto& x : store.got())
      result += x.end_leases ? 1 : 0;
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(rescuer_tests, fixture)

CAF_TEST(the leases of a lost inbox end within two seconds) {
  auto link = meet();
  there = false;
  lose(link);
  advance(2s);
  CAF_REQUIRE_EQUAL(rescues(), 1u);
  CAF_CHECK(store.last().owner == nth_id(1));
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  CAF_CHECK_EQUAL(alerts.count(), 1u);
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 1u);
}

CAF_TEST(peers are counted and those that the store shows) {
  auto counts = [this] {
    auto x = *ask<inbox_stats>(rescuer, get_stats{});
    return std::vector<uint64_t>{x.present, x.peers, x.peers_present};
  };
  using numbers = std::vector<uint64_t>;
  CAF_CHECK_EQUAL(counts(), (numbers{1, 0, 0}));
  auto one = meet(1);
  meet(1);
  there = false;
  meet(2);
  CAF_CHECK_EQUAL(counts(), (numbers{1, 2, 1}));
  lose(one);
  CAF_CHECK_EQUAL(counts(), (numbers{1, 2, 1}));
  there = true;
  advance(1s);
  CAF_CHECK_EQUAL(counts(), (numbers{1, 2, 2}));
  lose(meet(3));
  CAF_CHECK_EQUAL(counts(), (numbers{1, 2, 2}));
}

CAF_TEST(the store may show it for a moment longer) {
  auto link = meet();
  lose(link);
  advance(500ms);
  there = false;
  advance(1500ms);
  CAF_CHECK_EQUAL(rescues(), 1u);
}

CAF_TEST(nothing ends while the store shows it) {
  auto link = meet();
  lose(link);
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 0u);
  CAF_CHECK_LESS(store.count(), 20u);
}

CAF_TEST(one look that does not find it is not enough) {
  auto link = meet();
  there = false;
  lose(link);
  advance(500ms);
  there = true; // its connection was ended, and it has another
  advance(1h);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  CAF_CHECK_EQUAL(alerts.count(), 0u);
}

CAF_TEST(nothing ends for a while after the loss) {
  auto link = meet();
  there = false;
  lose(link);
  advance(999ms);
  CAF_CHECK_EQUAL(rescues(), 0u);
}

CAF_TEST(an inbox that the store has never shown has no leases to end) {
  there = false;
  auto link = meet();
  advance(10s);
  lose(link);
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 0u);
}

CAF_TEST(the store is asked until it shows a new one) {
  there = false;
  auto link = meet();
  advance(5s);
  auto asked = store.count();
  CAF_CHECK_GREATER(asked, 3u);
  there = true;
  advance(10s);
  asked = store.count();
  advance(1h);
  CAF_CHECK_EQUAL(store.count(), asked);
  there = false;
  lose(link);
  advance(2s);
  CAF_CHECK_EQUAL(rescues(), 1u);
}

CAF_TEST(a store that fails is asked again) {
  store.fail_next(make_error(errc::connection_lost, "store", "is away"), 3);
  auto link = meet();
  advance(10s);
  there = false;
  store.fail_next(make_error(errc::connection_lost, "store", "is away"));
  lose(link);
  advance(2s);
  CAF_CHECK_EQUAL(rescues(), 1u);
}

CAF_TEST(a link that ends by silence or on purpose is no hint) {
  auto quiet = meet(1);
  auto closed = meet(2);
  there = false;
  lose(quiet, false);
  stop(closed);
  settle_messages();
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 0u);
}

CAF_TEST(another link to the same inbox shows that it is there) {
  auto one = meet();
  auto two = meet();
  there = false;
  lose(one);
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 0u);
  lose(two);
  advance(2s);
  CAF_CHECK_EQUAL(rescues(), 1u);
}

CAF_TEST(an inbox that comes back keeps its leases) {
  auto link = meet();
  there = false;
  lose(link);
  advance(500ms);
  meet();
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 0u);
}

CAF_TEST(the leases are those of the first look) {
  auto link = meet();
  there = false;
  lose(link);
  advance(500ms);
  latest += 1s; // it has claimed or renewed, so it is alive
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 1u);
  CAF_CHECK(asked_for == timestamp{std::chrono::seconds{50}});
  CAF_CHECK_EQUAL(pokes.count(), 0u);
}

CAF_TEST(who cannot be seen in the store judges nobody) {
  auto link = meet();
  there = false;
  lose(link);
  advance(500ms);
  tell(rescuer, presence_changed{false});
  advance(1h);
  CAF_CHECK_EQUAL(rescues(), 0u);
}

CAF_TEST(a store that cannot tell is not asked again) {
  known = false;
  auto link = meet();
  advance(1h);
  CAF_CHECK_EQUAL(store.count(), 1u);
  CAF_CHECK_EQUAL(ask<inbox_stats>(rescuer, get_stats{})->peers_present, 0u);
  lose(link);
  advance(1h);
  CAF_CHECK_EQUAL(store.count(), 1u);
}

CAF_TEST(links that nobody has made end nothing) {
  there = false;
  lose(play_handler().actor);
  lose(caf::actor{play_handler().actor}, false);
  advance(1h);
  CAF_CHECK_EQUAL(store.count(), 0u);
}

// -- the other side -----------------------------------------------------------

CAF_TEST(who has lost both a peer and the store gives its leases up in time) {
  tell(rescuer, presence_changed{true});
  auto link = meet();
  tell(rescuer, presence_changed{false});
  advance(1h);
  CAF_CHECK_EQUAL(given_up.count(), 0u);
  tell(rescuer, presence_changed{true});
  lose(link);
  advance(400ms);
  tell(rescuer, presence_changed{false});
  advance(599ms);
  CAF_CHECK_EQUAL(given_up.count(), 0u);
  advance(1ms);
  CAF_REQUIRE_EQUAL(given_up.count(), 1u);
  CAF_CHECK(given_up.last().leases
            == (std::vector<lease>{nth_lease(1), nth_lease(2)}));
}

CAF_TEST(likewise if the store went first) {
  tell(rescuer, presence_changed{true});
  auto link = meet();
  tell(rescuer, presence_changed{false});
  advance(1s);
  lose(link);
  advance(600ms);
  CAF_CHECK_EQUAL(given_up.count(), 1u);
}

CAF_TEST(who is back in time keeps its leases) {
  tell(rescuer, presence_changed{true});
  auto link = meet();
  lose(link);
  tell(rescuer, presence_changed{false});
  advance(500ms);
  tell(rescuer, presence_changed{true});
  advance(1h);
  CAF_CHECK_EQUAL(given_up.count(), 0u);
}

CAF_TEST(it gives them up also if the link was silent or the peer unseen) {
  there = false;
  auto unseen = meet(1);
  there = true;
  auto quiet = meet(2);
  tell(rescuer, presence_changed{false});
  lose(quiet, false);
  advance(600ms);
  CAF_CHECK_EQUAL(given_up.count(), 1u);
  advance(1min);
  lose(unseen);
  advance(600ms);
  CAF_CHECK_EQUAL(given_up.count(), 2u);
}

CAF_TEST(who was never to be seen has nothing to give up) {
  rescuer = spawn_rescuer();
  auto link = meet();
  lose(link);
  tell(rescuer, presence_changed{false});
  advance(1h);
  CAF_CHECK_EQUAL(given_up.count(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
