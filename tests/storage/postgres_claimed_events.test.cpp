#include "postgres_fixture.hpp"

#include "../../storage/postgres/connection.hpp"
#include "../../storage/postgres/event_pack.hpp"
#include "../../storage/postgres/event_ranges.hpp"
#include "../../storage/postgres/session.hpp"
#include "../../storage/postgres/verbs.hpp"

#include <algorithm>
#include <cstdlib>

// The events of a claim: how they are read, and what is not there.

using namespace inbox;
using namespace inbox::postgres;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Writes the events, changes the tables by `meanwhile`, claims the events
  /// and checks that they are all there.
  void check_claimed(const std::vector<event>& written,
                     const std::string& meanwhile = "") {
    auto db = open();
    auto route = add_route(*db);
    get(db->write(written));
    if (!meanwhile.empty())
      client.run(meanwhile);
    auto claimed = get(db->claim(demand(route, 2000))).claimed;
    CAF_REQUIRE_EQUAL(claimed.size(), written.size());
    for (size_t i = 0; i < written.size(); ++i)
      CAF_CHECK(claimed[i].event == written[i]);
  }

  /// Asks for packs of the events 1 to `last`, after `prefix`.
  rows ask(const std::string& prefix, event_seq last) {
    std::vector<event_seq> seqs;
    for (event_seq seq = 1; seq <= last; ++seq)
      seqs.push_back(seq);
    statement what{prefix + packed_events_text(), place.options().prefix};
    connection on{get(postgres::connect(place.options())), place.options()};
    std::vector<step> steps;
    steps.push_back({&what, ranges_of(std::move(seqs)).take_arguments()});
    return std::move(
      get(on.run(std::move(steps), effect::none, after(5s), planning::by_range))
        .front());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(claimed_events_tests, fixture)

CAF_TEST(events come in the order of their writing over several packs) {
  check_claimed(make_many(2000));
}

CAF_TEST(events come in order however they lie in the table) {
  // The new version of a row is behind all others.
  check_claimed(make_many(300),
                "update " + table("event")
                  + " set written_at = written_at where seq % 3 = 0");
}

CAF_TEST(each event has the type of its route) {
  auto db = open();
  auto order = add_route(*db);
  auto letter = get(db->add({"letter", "mail"})).route;
  auto events = make_many(40);
  for (size_t i = 0; i < events.size(); i += 3)
    events[i].type = "letter";
  get(db->write(events));
  auto claimed
    = get(db->claim({owner, {{order, 40}, {letter, 40}}, 40, 1min, 5})).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 40u);
  for (size_t i = 0; i < claimed.size(); ++i) {
    CAF_CHECK(claimed[i].event == events[i]);
    CAF_CHECK_EQUAL(claimed[i].lease.route, i % 3 == 0 ? letter : order);
  }
}

CAF_TEST(a connection learns how large events are) {
  auto db = open();
  auto route = add_route(*db);
  get(db->write(make_many(40)));
  session on{get(postgres::connect(place.options())), place.options()};
  CAF_CHECK_NOT_EQUAL(on.packs().events(), event_ranges::longest);
  get(postgres::claim(on, demand(route, 40)));
  CAF_CHECK_EQUAL(on.packs().events(), event_ranges::longest);
}

CAF_TEST(a pack has nothing that is large) {
  auto db = open();
  auto events = make_many(8);
  events[2].payload = payload{std::string(most_packed_bytes + 1, 'a')};
  events[5].headers["large"] = std::string(max_headers_bytes - 5, 'b');
  events[6].payload = payload{std::string(most_packed_bytes, 'c')};
  // Random ones; those that are all the same are kept in fewer bytes.
  events[3].headers["large"] = events[5].headers["large"];
  for (auto& x : events[5].headers["large"])
    x = static_cast<char>('a' + std::rand() % 26);
  get(db->write(events));
  auto answer = ask("", 8);
  CAF_REQUIRE_EQUAL(answer.size(), 1);
  auto pack = answer.raw(0, 0);
  std::vector<event_seq> found;
  payload_blocks payloads;
  while (!pack.empty()) {
    event x;
    CAF_REQUIRE(unpack_seq(pack, found.emplace_back())
                && unpack(pack, x, payloads));
  }
  std::sort(found.begin(), found.end());
  CAF_CHECK_EQUAL(found, (std::vector<event_seq>{1, 2, 5, 7, 8}));
}

CAF_TEST(what is too large for a pack comes as well) {
  constexpr size_t most = most_packed_bytes;
  auto events = make_many(40);
  events[3].payload = payload{std::string(most, 'a')};
  events[4].payload = payload{std::string(most + 1, 'b')};
  events[20].payload = payload{std::string(1024 * 1024, 'c')};
  events[30].headers["large"] = std::string(max_headers_bytes - 5, 'd');
  check_claimed(events);
  for (auto& x : events) {
    x.payload = payload{std::string(most + 1, 'e')};
    x.id.data[1] = 1;
  }
  client.run("delete from " + table("queue"));
  check_claimed(events);
}

CAF_TEST(what was erased meanwhile is left out) {
  auto db = open();
  auto mail = add_route(*db);
  auto bill = get(db->add({"order", "bill"})).route;
  auto events = make_many(20);
  get(db->write(events));
  client.run("delete from " + table("event") + " where seq in (select seq from "
             + table("event") + " order by seq offset 5 limit 3)");
  auto claimed
    = get(db->claim({owner, {{mail, 20}, {bill, 20}}, 40, 1min, 5})).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 34u);
  for (size_t i = 0; i < claimed.size(); ++i) {
    auto n = i / 2 < 5 ? i / 2 : i / 2 + 3;
    CAF_CHECK(claimed[i].event == events[n]);
  }
}

CAF_TEST(the pages of a range are read one by one) {
  auto db = open();
  auto plan = ask("explain ", 3);
  std::string found;
  for (auto row = 0; row < plan.size(); ++row)
    found += plan.get<std::string>(row, 0) + "\n";
  CAF_CHECK_NOT_EQUAL(found.find("Bitmap Heap Scan on " + table("event")),
                      std::string::npos);
  CAF_CHECK_EQUAL(found.find("Seq Scan"), std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
