#include "postgres_fixture.hpp"

#include "../../storage/postgres/follow_text.hpp"
#include "../../storage/postgres/statement.hpp"

// What looking for causes reads.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_fixture {
public:
  /// Adds `count` events of which each `every`th was caused by the one before.
  void fill(long count, long every) {
    auto nth = "('b7010000-0000-0000-0000-' || lpad(to_hex(n";
    client.run("insert into " + table("event")
               + " (id, written_at, unrouted, type, payload, cause) select "
               + nth + "), 12, '0'))::uuid, now(), true, 'order', '', case "
               + "when n % " + std::to_string(every) + " = 0 then " + nth
               + " - 1), 12, '0'))::uuid end from generate_series(1, "
               + std::to_string(count) + ") n");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(postgres_follow_tests, fixture)

CAF_TEST(a trace is read by index however much there is) {
  open();
  fill(20'000, 2);
  for (auto analyzed : {false, true}) {
    if (analyzed)
      client.run("analyze " + table("event"));
    auto scans = table_stat("seq_scan", "event");
    auto looked = table_stat("idx_scan", "event");
    auto read = stat("idx_tup_read", "pg_stat_user_indexes", "event");
    {
      auto db = open();
      for (uint32_t n = 100; n < 120; n += 2) {
        auto found = get(db->follow({id(n, 1), 100}));
        CAF_CHECK(found.event.has_value());
        CAF_CHECK_EQUAL(found.ancestors.size(), 1u);
        found = get(db->follow({id(n + 1, 1), 100}));
        CAF_CHECK_EQUAL(found.descendants.size(), 1u);
      }
    }
    await_stat("idx_scan", "event", looked + 40);
    CAF_CHECK_EQUAL(table_stat("seq_scan", "event"), scans);
    CAF_CHECK_LESS(stat("idx_tup_read", "pg_stat_user_indexes", "event") - read,
                   1000);
  }
}

CAF_TEST(an event without a cause has no entry in the index) {
  auto db = open();
  auto size = [this] {
    return client.number("select pg_relation_size('" + table("event_cause")
                         + "')");
  };
  auto before = size();
  get(db->write(make_many(1000)));
  CAF_CHECK_EQUAL(size(), before);
  auto x = make(7, 2);
  x.cause = id(1);
  get(db->write({x}));
  CAF_CHECK_GREATER(size(), before);
}

CAF_TEST_FIXTURE_SCOPE_END()
