#include "postgres_fixture.hpp"

#include "../../storage/postgres/connection.hpp"
#include "../../storage/postgres/event_pack.hpp"
#include "../../storage/postgres/event_ranges.hpp"

// The events of a claim: how they are read, and what is not there.

using namespace inbox;
using namespace inbox::postgres;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Writes the events, claims them and checks that they are all there.
  void check_claimed(const std::vector<event>& written) {
    auto db = open();
    auto route = add_route(*db);
    get(db->write(written));
    auto claimed = get(db->claim(demand(route, 2000))).claimed;
    CAF_REQUIRE_EQUAL(claimed.size(), written.size());
    for (size_t i = 0; i < written.size(); ++i)
      CAF_CHECK(claimed[i].event == written[i]);
  }

  /// Returns how the server reads packs, once it keeps a plan.
  std::string plan() {
    statement what{std::string{"explain "} + packed_events_text(),
                   place.options().prefix};
    connection on{get(postgres::connect(place.options())), place.options()};
    std::vector<step> steps;
    steps.push_back({&what, ranges_of({1, 2, 3}).take_arguments()});
    auto answer = get(
      on.run(std::move(steps), effect::none, after(5s), planning::by_range));
    std::string result;
    for (auto row = 0; row < answer.front().size(); ++row)
      result += answer.front().get<std::string>(row, 0) + "\n";
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(claimed_events_tests, fixture)

CAF_TEST(events come in the order of their writing over several packs) {
  check_claimed(make_many(2000));
}

CAF_TEST(what is too large for a pack comes as well) {
  constexpr size_t most = most_packed_bytes;
  auto events = make_many(40);
  events[3].payload = payload{std::string(most, 'a')};
  events[4].payload = payload{std::string(most + 1, 'b')};
  events[20].payload = payload{std::string(1024 * 1024, 'c')};
  events[30].headers["large"] = std::string(max_headers_bytes - 5, 'd');
  check_claimed(events);
  for (auto& x : events)
    x.payload = payload{std::string(most + 1, 'e')};
  for (auto& x : events)
    x.id.data[1] = 1;
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
  auto found = plan();
  CAF_CHECK_NOT_EQUAL(found.find("Bitmap Heap Scan on " + table("event")),
                      std::string::npos);
  CAF_CHECK_EQUAL(found.find("Seq Scan"), std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
