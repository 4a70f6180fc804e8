#include "../support/samples.hpp"
#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>
#include <sqlite3.h>

#include <string>
#include <utility>
#include <vector>

// What a claim reads in a SQLite file, beside what it takes.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

/// Notes the connections that are opened while it is there.
class opened_connections {
public:
  opened_connections() {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(note));
  }

  ~opened_connections() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(note));
  }

  sqlite3* last() const {
    return last_;
  }

private:
  static int note(sqlite3* db, char**, const sqlite3_api_routines*) {
    last_ = db;
    return SQLITE_OK;
  }

  static inline sqlite3* last_ = nullptr;
};

class fixture {
public:
  sqlite_test_store place{temporary_folder::fast_parent()};
  opened_connections opened;
  store_ptr db = place.open();
  sqlite3* handle = opened.last();
  route_id route = db->add({"order", "mail"})->route;

  void write(uint32_t first, uint32_t count) {
    CAF_REQUIRE(db->write(nth_events(first, count)));
  }

  std::vector<claimed_delivery> claim(uint32_t room) {
    auto result = db->claim({{}, {{route, room}}, room, 60s, 5});
    CAF_REQUIRE(result);
    return std::move(result->claimed);
  }

  /// Steps of SQLite's virtual machine that a claim of one takes to find it.
  int steps_to_find_one() {
    take_steps();
    CAF_CHECK_EQUAL(claim(1).size(), 1u);
    return take_steps();
  }

private:
  /// Returns what the statements that look for what is due have taken since the
  /// last call.
  int take_steps() {
    int result = 0;
    for (auto* x = sqlite3_next_stmt(handle, nullptr); x != nullptr;
         x = sqlite3_next_stmt(handle, x))
      if (std::string{sqlite3_sql(x)}.find("due <= ?2") != std::string::npos)
        result += sqlite3_stmt_status(x, SQLITE_STMTSTATUS_VM_STEP, 1);
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(sqlite_claim_tests, fixture)

CAF_TEST(a claim does not pass by what is in progress) {
  write(1, 3000);
  auto first = steps_to_find_one();
  CAF_CHECK_EQUAL(claim(2000).size(), 2000u);
  auto behind = steps_to_find_one();
  CAF_MESSAGE(first << " steps at the begin, " << behind << " behind 2000");
  CAF_CHECK_GREATER(first, 0);
  CAF_CHECK_LESS(behind, 2 * first);
}

CAF_TEST(nor after ends that nothing waits for) {
  write(1, 3000);
  auto first = steps_to_find_one();
  auto held = claim(2000);
  settle_deliveries ends;
  for (size_t i = 0; i < 10; ++i)
    ends.settlements.push_back(
      {held[i].lease, i % 2 == 0 ? verdict::done : verdict::dead, 0s, ""});
  CAF_CHECK(db->settle(ends)->lost.empty());
  CAF_CHECK_LESS(steps_to_find_one(), 2 * first);
}

CAF_TEST(now and then it looks at all) {
  write(1, 3000);
  auto first = steps_to_find_one();
  static_cast<void>(claim(2000));
  place.advance(100ms);
  CAF_CHECK_GREATER(steps_to_find_one(), 100 * first);
  CAF_CHECK_LESS(steps_to_find_one(), 2 * first);
}

CAF_TEST(what is written after the clock went back is found) {
  write(1, 3);
  CAF_CHECK_EQUAL(claim(2).size(), 2u);
  place.advance(-1h);
  write(4, 1);
  auto came = claim(9);
  CAF_REQUIRE_EQUAL(came.size(), 1u);
  CAF_CHECK(came[0].event.id == nth_id(4));
}

CAF_TEST(and what another connection writes then) {
  write(1, 3);
  CAF_CHECK_EQUAL(claim(2).size(), 2u);
  place.advance(-1h);
  auto other = place.open();
  CAF_CHECK(other->write({nth_event(4)}));
  CAF_CHECK_EQUAL(claim(9).size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
