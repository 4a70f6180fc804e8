#include "../../storage/sqlite/connection.hpp"
#include "../../storage/sqlite/statement.hpp"
#include "../../storage/sqlite/statements.hpp"

#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>

// How the statements of a SQLite store find their rows, and which they touch.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture {
public:
  sqlite_test_store place;
  store_ptr db = place.open();
  sqlite::connection conn{place.file(), 1s};
  sqlite::statements sql{conn, place.options().prefix};

  /// Returns SQLite's plan for a statement, a line per step.
  std::string plan(const std::string& text) {
    sqlite::statement explain{conn, "explain query plan " + text};
    std::string result;
    for (auto rows = explain.run(); rows.next();)
      result += std::string{rows.text(3)} + "\n";
    CAF_MESSAGE(result);
    return result;
  }

  static bool has(const std::string& plan, const std::string& part) {
    return plan.find(part) != std::string::npos;
  }

  /// Returns the single number that a query gives.
  int64_t number(const std::string& text) {
    sqlite::statement select{conn, text};
    auto row = select.run();
    row.next();
    return row.integer(0);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(sqlite_plan_tests, fixture)

CAF_TEST(a claim reads one range of the partial index in its order) {
  auto steps = plan(sql.select_due);
  CAF_CHECK(has(steps, "SEARCH d USING INDEX inbox_delivery_due "
                       "(route_id=? AND (due,event_seq)>(?,?) AND due<?)"));
  CAF_CHECK(has(steps, "INDEX inbox_delivery_order "
                       "(route_id=? AND ordering_key=? AND event_seq<?)"));
  CAF_CHECK(!has(steps, "SCAN"));
  CAF_CHECK(!has(steps, "TEMP B-TREE"));
}

CAF_TEST(deliveries are changed by their primary key) {
  for (auto* x : {&sql.claim, &sql.bury, &sql.settle_done, &sql.settle_failed,
                  &sql.settle_dead, &sql.settle_snoozed, &sql.settle_released,
                  &sql.renew})
    CAF_CHECK(has(plan(x->sql()), "USING PRIMARY KEY (event_seq=? AND "
                                  "route_id=?)"));
}

CAF_TEST(no other statement on the hot path reads a whole table) {
  for (auto* x :
       {&sql.find_written, &sql.active_routes, &sql.find_route,
        &sql.active_type_of_route, &sql.unrouted_events, &sql.load_event,
        &sql.erase_deliveries, &sql.erase_event, &sql.find_event,
        &sql.trace_event, &sql.trace_caused, &sql.count_of_event})
    CAF_CHECK(!has(plan(x->sql()), "SCAN"));
}

CAF_TEST(a page of events to erase is read by its key) {
  auto steps = plan(sql.select_old.sql());
  CAF_CHECK(
    has(steps, "SEARCH inbox_event USING INTEGER PRIMARY KEY (rowid>?)"));
  CAF_CHECK(has(steps, "SEARCH d USING PRIMARY KEY (event_seq=?)"));
}

CAF_TEST(what an event caused is read in the order of writing) {
  auto steps = plan(sql.trace_caused.sql());
  CAF_CHECK(has(steps, "USING INDEX inbox_event_cause (cause=?)"));
  CAF_CHECK(!has(steps, "TEMP B-TREE"));
}

CAF_TEST(a claim changes the claimed rows and no others) {
  place.execute("create table touched (seq integer);"
                "create trigger touch after update on $delivery begin "
                "insert into touched values (old.event_seq); end");
  auto route = db->add({"order", "mail"})->route;
  std::vector<event> events(100);
  for (size_t i = 0; i < events.size(); ++i) {
    events[i].id.data[15] = static_cast<uint8_t>(i + 1);
    events[i].type = "order";
  }
  CAF_CHECK(db->write(events));
  CAF_CHECK_EQUAL(db->claim({{}, {{route, 50}}, 7, 60s, 5})->size(), 7u);
  CAF_CHECK_EQUAL(number("select count(*) from touched"), 7);
  CAF_CHECK_EQUAL(number("select max(seq) from touched"), 7);
}

CAF_TEST(who waits for an ordering key is not in the range of a claim) {
  auto route = db->add({"order", "mail"})->route;
  std::vector<event> events(4);
  for (size_t i = 0; i < events.size(); ++i) {
    events[i].id.data[15] = static_cast<uint8_t>(i + 1);
    events[i].type = "order";
    events[i].ordering_key = "a";
  }
  auto marked = [this] {
    return number("select coalesce(group_concat(event_seq, ''), 0) + 0 from "
                  "(select event_seq from inbox_delivery where blocked = 1 "
                  "order by event_seq)");
  };
  CAF_CHECK(db->write(events));
  CAF_CHECK_EQUAL(marked(), 234);
  // A claim marks those that nobody has marked.
  place.execute("update $delivery set blocked = 0");
  auto claimed = db->claim({{}, {{route, 9}}, 9, 60s, 5})->claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 1u);
  CAF_CHECK_EQUAL(marked(), 234);
  CAF_CHECK(db->settle({{{claimed[0].lease, verdict::done, 0s, ""}}}));
  CAF_CHECK_EQUAL(marked(), 34);
}

CAF_TEST(tables of version 1 learn who waits for whom) {
  db.reset();
  // Everything that version 2 added is taken back.
  place.execute("drop index $event_unrouted_order; drop index $delivery_free;"
                "drop index $delivery_due;"
                "alter table $delivery drop column blocked;"
                "drop index $event_cause;"
                "alter table $event drop column cause;"
                "create index $delivery_due on $delivery"
                "  (route_id, due, event_seq) where progress < 2;"
                "update $schema set version = 1;"
                "insert into $delivery"
                "  (event_seq, route_id, due, ordering_key, progress) values"
                "  (1, 1, 0, 'a', 2), (2, 1, 0, 'a', 0), (3, 1, 0, 'a', 0),"
                "  (4, 1, 0, 'b', 1), (5, 1, 0, null, 0), (6, 1, 0, null, 0),"
                "  (7, 2, 0, 'a', 0), (8, 2, 0, 'a', 0), (9, 2, 0, 'a', 0);"
                "update $delivery set lease_owner = x'00', lease_until = 9 "
                "where event_seq = 9");
  db = place.open();
  CAF_CHECK_EQUAL(number("select sum(blocked) from inbox_delivery"), 2);
  CAF_CHECK_EQUAL(number("select min(event_seq) * 10 + max(event_seq) from "
                         "inbox_delivery where blocked = 1"),
                  38);
}

CAF_TEST(tables of version 2 learn of causes) {
  db.reset();
  // Everything that version 3 added is taken back.
  place.execute("drop index $event_cause;"
                "alter table $event drop column cause;"
                "update $schema set version = 2;"
                "insert into $event (id, type, written_at, unrouted, payload)"
                "  values (x'000102030405060708090a0b0c0d0e0f', 'order', 7, 1,"
                "  x'00ff')");
  db = place.open();
  CAF_CHECK_EQUAL(number("select version from inbox_schema"), 3);
  event x;
  for (uint8_t i = 0; i < 16; ++i)
    x.id.data[i] = i;
  x.type = "order";
  x.payload = payload{std::string{"\0\xFF", 2}};
  CAF_CHECK(db->find({x.id})->event == x);
  auto caused = x;
  caused.cause = x.id;
  caused.id.data[0] = 1;
  CAF_CHECK(db->write({caused}));
  CAF_CHECK(db->find({caused.id})->event == caused);
  CAF_CHECK(db->find({x.id})->event == x);
}

CAF_TEST(a payload is stored once however many handlers there are) {
  for (auto key : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"})
    CAF_CHECK(db->add({"order", key}));
  auto pages = [this] {
    return number("select page_count from pragma_page_count");
  };
  auto before = pages();
  event x;
  x.id.data[0] = 1;
  x.type = "order";
  x.payload = payload{std::string(1'000'000, 'x')};
  CAF_CHECK_EQUAL(db->write({x})->receipts.at(0).handlers, 10u);
  CAF_CHECK_LESS((pages() - before) * 4096, 1'100'000);
}

CAF_TEST_FIXTURE_SCOPE_END()
