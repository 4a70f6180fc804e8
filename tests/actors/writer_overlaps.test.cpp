#include "writer_fixture.hpp"

// Statements over several connections at the same time.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

using sizes_t = std::vector<size_t>;

class fixture : public writer_fixture {
public:
  fixture() {
    restart({4, 100, 1000}, 2);
    store.hold();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(writer_overlaps_tests, fixture)

CAF_TEST(a full batch does not wait for the statement that is under way) {
  auto first = write(1, 4);
  auto second = write(5, 4);
  auto third = write(9, 4);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4})); // there are two connections
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(ids(first), ids(1, 4));
  CAF_CHECK(!*second);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4, 4}));
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(second), ids(5, 4));
  CAF_CHECK_EQUAL(ids(third), ids(9, 4));
  CAF_CHECK_EQUAL(pokes.count(), 3u);
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(few events share the next statement) {
  write(1, 1);
  write(2, 1);
  write(3, 2);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1}));
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1, 3}));
}

CAF_TEST(the parts of a call may end in any order) {
  auto reply = write(1, 8);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4}));
  store.answer_latest();
  settle_messages();
  CAF_CHECK(!*reply);
  CAF_CHECK_EQUAL(stats().writing, 8u);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(reply), ids(1, 8));
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(what can be claimed is not shared out) {
  restart({1000, 2000, 100000}, 2);
  loans.answer_with([](const borrow_room&) {
    return current_demand{{{1, 2000}}, {}, 100000};
  });
  claiming_store.hold();
  auto claimed = write(1, 1000);
  CAF_REQUIRE_EQUAL(claiming_store.count(), 1u);
  CAF_CHECK_EQUAL(claiming_store.last().events.size(), 1000u);
  // What comes then goes beside it, claimed or not as the poller says.
  loans.answer_with([](const borrow_room&) { return current_demand{}; });
  auto other = write(1001, 600);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{600}));
  CAF_CHECK_EQUAL(returned.count(), 0u);
  claiming_store.release();
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(claimed), ids(1, 1000));
  CAF_CHECK_EQUAL(ids(other), ids(1001, 600));
}

CAF_TEST(without room to claim a large call is shared out) {
  restart({1000, 1000, 100000}, 2);
  auto reply = write(1, 1000);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{500, 500}));
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(reply), ids(1, 1000));
}

CAF_TEST(what comes behind a new route waits for it) {
  routes.hold();
  auto before = write(1, 4);
  auto added = begin<added_route>(writer, add_route{"order", "mail"});
  auto behind = write(5, 12);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4}));
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4}));
  CAF_CHECK_EQUAL(ids(before), ids(1, 4));
  routes.answer(added_route{7});
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4, 4}));
  CAF_REQUIRE(*added && **added);
  CAF_CHECK_EQUAL((**added)->route, 7);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(behind), ids(5, 12));
}

CAF_TEST(a route that cannot be added holds up no more) {
  routes.hold();
  auto first = begin<added_route>(writer, add_route{"order", "mail"});
  auto second = begin<added_route>(writer, add_route{"order", "stock"});
  write(1, 8);
  routes.answer(away);
  settle_messages();
  CAF_CHECK(*first && !**first);
  CAF_CHECK_EQUAL(sizes(), sizes_t{}); // there is another one
  routes.answer(away);
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4}));
}

CAF_TEST(what is said of a route is passed on in that order) {
  routes.hold();
  begin<added_route>(writer, add_route{"order", "mail"});
  auto removed = begin<void>(writer, remove_route{"order", "mail"});
  CAF_CHECK_EQUAL(routes.count(), 1u);
  CAF_CHECK_EQUAL(removals.count(), 1u);
  CAF_CHECK(*removed && **removed);
  removals.fail_next(away);
  removed = begin<void>(writer, remove_route{"order", "mail"});
  CAF_CHECK(*removed && !**removed);
}

CAF_TEST(a new route while room is asked for holds the write back) {
  write(1, 4);
  loans.hold();
  routes.hold();
  auto reply = write(5, 4);
  auto added = begin<added_route>(writer, add_route{"order", "mail"});
  loans.answer(current_demand{{{1, 10}}, {}, 1000});
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4}));
  CAF_CHECK_EQUAL(claiming_store.count(), 0u);
  CAF_CHECK_EQUAL(returned.count(), 1u); // it may be of use to others
  routes.answer(added_route{7});
  loans.release();
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(reply), ids(5, 4));
}

// -- failures -----------------------------------------------------------------

CAF_TEST(a call is answered once all of its statements have ended) {
  auto reply = write(1, 12);
  store.answer(away);
  settle_messages();
  CAF_CHECK(!*reply);                        // the other part may be stored
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4})); // and the rest is given up
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(code(reply), errc::outcome_unknown);
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(a call of which nothing was stored has the error of the store) {
  auto reply = write(1, 8);
  store.answer(away);
  store.answer(away);
  settle_messages();
  CAF_CHECK_EQUAL(code(reply), errc::connection_lost);
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(only the first connection has to reach the store) {
  for (auto code : {errc::busy, errc::connection_lost}) {
    restart({4, 100, 1000}, 2);
    auto before = store.count();
    auto reply = write(1, 8);
    store.answer_oldest();
    settle_messages();
    store.answer(make_error(code, "store", "too many connections"));
    settle_messages();
    CAF_CHECK(!*reply);
    CAF_CHECK_EQUAL(store.count(), before + 3); // again, by the first one
    // The other one rests.
    auto later = write(9, 4);
    CAF_CHECK_EQUAL(store.held(), 1u);
    advance(999ms);
    auto last = write(13, 4);
    CAF_CHECK_EQUAL(store.held(), 1u);
    advance(1ms);
    auto after_that = write(17, 1);
    CAF_CHECK_EQUAL(store.held(), 2u);
    while (store.held() > 0) {
      store.answer_oldest();
      settle_messages();
    }
    CAF_CHECK_EQUAL(ids(reply), ids(1, 8));
    CAF_CHECK_EQUAL(ids(later), ids(9, 4));
    CAF_CHECK_EQUAL(ids(last), ids(13, 4));
    CAF_CHECK_EQUAL(ids(after_that), ids(17, 1));
  }
}

CAF_TEST(whether another connection has stored it may stay unknown) {
  auto reply = write(1, 8);
  store.answer_oldest();
  settle_messages();
  store.answer(make_error(errc::outcome_unknown, "store", "no answer"));
  settle_messages();
  CAF_CHECK_EQUAL(code(reply), errc::outcome_unknown);
  CAF_CHECK_EQUAL(store.count(), 2u);
}

CAF_TEST(a failed call leaves others alone) {
  auto large = write(1, 10);
  auto small = write(11, 1);
  store.answer(away);
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4}));
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(code(large), errc::outcome_unknown);
  CAF_CHECK_EQUAL(ids(small), ids(11, 1));
}

CAF_TEST(a refused statement of two calls is not repeated for the failed one) {
  auto large = write(1, 6);
  auto small = write(7, 2);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4})); // 5 to 8 in the second one
  store.answer(away);
  settle_messages();
  CAF_CHECK(!*large);
  store.answer(make_error(errc::storage_failed, "store", "no"));
  settle_messages();
  CAF_CHECK_EQUAL(code(large), errc::connection_lost);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4, 2}));
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(small), ids(7, 2));
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(the end of duty waits for all statements) {
  auto first = write(1, 4);
  auto second = write(5, 4);
  auto ended = begin<void>(writer, end_duty{});
  store.answer_oldest();
  settle_messages();
  CAF_CHECK(!*ended);
  store.answer_oldest();
  settle_messages();
  CAF_CHECK(*ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
