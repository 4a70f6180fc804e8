#include "postgres_write_fixture.hpp"

// What becomes of writes that are taken to be new and are not.

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(duplicates_tests, postgres_write_fixture)

CAF_TEST(a duplicate is an error of the server once and then not for a while) {
  // What is refused has drawn its numbers as well.
  auto drawn = [&] {
    return client.number("select last_value from " + table("event_seq_seq"));
  };
  auto db = open();
  get(db->write({make(1), make(2)}));
  CAF_CHECK_EQUAL(drawn(), 2);
  get(db->write({make(2), make(3)}));
  CAF_CHECK_EQUAL(drawn(), 2 + 2 * 2);
  for (uint32_t n = 3; n < 6; ++n)
    get(db->write({make(n), make(n + 1)}));
  CAF_CHECK_EQUAL(drawn(), 6 + 3 * 2);
  // Each connection finds out for itself.
  get(open()->write({make(6), make(7)}));
  CAF_CHECK_EQUAL(drawn(), 12 + 2 * 2);
  CAF_CHECK_EQUAL(count("event"), 7);
}

CAF_TEST(what is refused for a duplicate leaves nothing behind) {
  auto db = open();
  auto route = add_route(*db);
  get(db->write({make(5)}));
  auto events = make_many(9);
  events[7].ordering_key = "a";
  auto got = get(db->write_claimed({events, owner, {{route, 9}}, 60s}));
  CAF_CHECK_EQUAL(got.claimed.size(), 7u);
  CAF_CHECK_EQUAL(count("event"), 9);
  CAF_CHECK_EQUAL(count_deliveries(), 9);
  check_no_orphans();
}

CAF_TEST_FIXTURE_SCOPE_END()
