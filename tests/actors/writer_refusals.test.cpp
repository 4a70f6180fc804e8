#include "writer_fixture.hpp"

// What a writer does not store, whom it tells, and how it ends.

using namespace inbox;
using namespace inbox::test;

namespace {

class fixture : public writer_fixture {
public:
  /// Makes the store refuse statements that hold event `n`.
  void refuse(uint32_t n, caf::error err) {
    store.answer_with(
      [n, err](const write_events& x) -> caf::expected<written_events> {
        written_events reply;
        for (auto& e : x.events) {
          if (e.id == nth_id(n))
            return err;
          reply.receipts.push_back({e.id, write_result::stored, 1});
        }
        return reply;
      });
  }
};

const auto no_space = make_error(errc::storage_failed, "store", "disk full");

} // namespace

CAF_TEST_FIXTURE_SCOPE(writer_refusals_tests, fixture)

// -- before anything is stored ------------------------------------------------

CAF_TEST(a bad event is named by its position and nothing is stored) {
  auto events = nth_events(1, 3);
  events[1].type = "";
  auto reply = write(events);
  CAF_CHECK_EQUAL(code(reply), errc::invalid);
  CAF_CHECK_EQUAL(field_of((*reply)->error()), "events[1].type");
  CAF_CHECK_EQUAL(store.count(), 0u);
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(the payload limit is that of the options) {
  restart({10, 10, 100, 3});
  auto events = nth_events(1, 1);
  events[0].payload = "1234";
  auto reply = write(events);
  CAF_CHECK_EQUAL(code(reply), errc::invalid);
  CAF_CHECK_EQUAL(field_of((*reply)->error()), "events[0].payload");
  events[0].payload = "123";
  CAF_CHECK_EQUAL(ids(write(events)), ids(1, 1));
}

CAF_TEST(more than the writer may hold at all is invalid) {
  restart({2, 5, 1000});
  auto reply = write(1, 6);
  CAF_CHECK_EQUAL(code(reply), errc::invalid);
  CAF_CHECK_EQUAL(field_of((*reply)->error()), "events");
  CAF_CHECK_EQUAL(ids(write(1, 5)), ids(1, 5));
}

CAF_TEST(more than the writer may hold now is busy) {
  restart({2, 5, 1000});
  store.hold();
  auto first = write(1, 2);
  auto second = write(3, 2);
  CAF_CHECK_EQUAL(code(write(5, 2)), errc::busy);
  auto third = write(5, 1);
  CAF_CHECK(!*third);
  CAF_CHECK_EQUAL(code(write(6, 1)), errc::busy);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(third), ids(5, 1));
  CAF_CHECK_EQUAL(ids(write(6, 5)), ids(6, 5));
}

// -- errors of the store ------------------------------------------------------

CAF_TEST(a store that is away tells all callers of the statement) {
  store.hold();
  auto first = write(1, 1);
  auto second = write(2, 1);
  auto third = write(3, 1);
  store.answer_oldest();
  settle_messages();
  store.answer(make_error(errc::connection_lost, "store", "gone"));
  settle_messages();
  CAF_CHECK_EQUAL(ids(first), ids(1, 1));
  CAF_CHECK_EQUAL(code(second), errc::connection_lost);
  CAF_CHECK_EQUAL(code(third), errc::connection_lost);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  // Nothing is kept back, and the next write is tried.
  CAF_CHECK_EQUAL(stats().writing, 0u);
  store.release();
  CAF_CHECK_EQUAL(ids(write(4, 1)), ids(4, 1));
}

CAF_TEST(an answer that was lost after the commit is an unknown outcome) {
  store.lose_next(make_error(errc::outcome_unknown, "store", "no answer"));
  CAF_CHECK_EQUAL(code(write(1, 1)), errc::outcome_unknown);
  CAF_CHECK_EQUAL(store.count(), 1u); // the caller decides, not the writer
}

CAF_TEST(a refusal fails only the call that caused it) {
  refuse(3, no_space);
  store.hold();
  auto other = write(9, 1);
  auto first = write(1, 2);
  auto bad = write(3, 1);
  auto last = write(4, 2);
  store.release();
  settle_messages();
  // All together, and then each by itself.
  CAF_CHECK_EQUAL(sizes(), (std::vector<size_t>{1, 5, 2, 1, 2}));
  CAF_CHECK_EQUAL(ids(other), ids(9, 1));
  CAF_CHECK_EQUAL(ids(first), ids(1, 2));
  CAF_CHECK_EQUAL(code(bad), errc::storage_failed);
  CAF_CHECK_EQUAL(ids(last), ids(4, 2));
  CAF_CHECK_EQUAL(stats().writing, 0u);
  // Later writes are gathered again.
  store.hold();
  write(11, 1);
  write(12, 1);
  write(13, 1);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(sizes().back(), 2u);
}

CAF_TEST(a refusal of a part fails its call and no other) {
  restart({4, 100, 1000});
  refuse(6, no_space);
  store.hold();
  auto first = write(1, 3);
  auto large = write(4, 6); // its parts: with nobody, with nobody, with `last`
  auto last = write(10, 2);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(first), ids(1, 3));
  CAF_CHECK_EQUAL(code(large), errc::storage_failed);
  CAF_CHECK_EQUAL(ids(last), ids(10, 2));
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(a refusal of the shared end of a large call keeps its receipts) {
  restart({4, 100, 1000});
  refuse(7, no_space);
  store.hold();
  auto large = write(1, 6);
  auto bad = write(7, 1);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (std::vector<size_t>{4, 3, 2, 1}));
  CAF_CHECK_EQUAL(ids(large), ids(1, 6));
  CAF_CHECK_EQUAL(code(bad), errc::storage_failed);
}

// -- the end ------------------------------------------------------------------

CAF_TEST(the end of duty waits for what was accepted) {
  store.hold();
  auto first = write(1, 1);
  auto second = write(2, 1);
  auto ended = begin<void>(writer, end_duty{});
  auto late = write(3, 1);
  CAF_CHECK_EQUAL(code(late), errc::stopped);
  store.answer_oldest();
  settle_messages();
  CAF_CHECK(!*ended);
  store.answer_oldest();
  settle_messages();
  CAF_CHECK(*ended);
  CAF_CHECK_EQUAL(ids(first), ids(1, 1));
  CAF_CHECK_EQUAL(ids(second), ids(2, 1));
}

CAF_TEST(the end of duty is answered at once when nothing waits) {
  CAF_CHECK(*begin<void>(writer, end_duty{}));
  CAF_CHECK(*begin<void>(writer, end_duty{})); // asking twice is harmless
  CAF_CHECK_EQUAL(code(write(1, 1)), errc::stopped);
  CAF_CHECK_EQUAL(store.count(), 0u);
}

CAF_TEST(the end of duty does not wait for a store that fails) {
  store.hold();
  auto reply = write(1, 1);
  auto ended = begin<void>(writer, end_duty{});
  store.answer(make_error(errc::timeout, "store", "no answer"));
  settle_messages();
  CAF_CHECK_EQUAL(code(reply), errc::timeout);
  CAF_CHECK(*ended);
}

CAF_TEST(waiting payloads are bounded in bytes) {
  restart({10, 100, 10, 10});
  auto with = [](uint32_t n, size_t bytes) {
    auto events = nth_events(n, 1);
    events[0].payload = std::string(bytes, 'x');
    return events;
  };
  store.hold();
  auto first = write(with(1, 6));
  auto second = write(with(2, 4));
  CAF_CHECK_EQUAL(code(write(with(3, 1))), errc::busy);
  CAF_CHECK_EQUAL(code(write(with(3, 0))), errc{});
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(first), ids(1, 1));
  CAF_CHECK_EQUAL(ids(second), ids(2, 1));
  CAF_CHECK_EQUAL(ids(write(with(4, 10))), ids(4, 1)); // there is room again
  auto large = nth_events(5, 2);
  large[0].payload = large[1].payload = std::string(6, 'x');
  auto refused = write(large);
  CAF_CHECK_EQUAL(code(refused), errc::invalid); // there never is room for it
  CAF_CHECK_EQUAL(field_of((*refused)->error()), "events");
}

CAF_TEST(headers that wait are bounded like payloads) {
  restart({10, 100, 10, 10});
  auto with = [](uint32_t n, size_t bytes) {
    auto events = nth_events(n, 1);
    events[0].payload = "";
    events[0].headers["h"] = std::string(bytes - 1, 'x');
    return events;
  };
  store.hold();
  auto first = write(with(1, 6));
  auto second = write(with(2, 4));
  CAF_CHECK_EQUAL(code(write(with(3, 1))), errc::busy);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(ids(first), ids(1, 1));
  CAF_CHECK_EQUAL(ids(second), ids(2, 1));
  CAF_CHECK_EQUAL(ids(write(with(4, 10))), ids(4, 1)); // there is room again
  auto large = write(with(5, 11));
  CAF_CHECK_EQUAL(code(large), errc::invalid);
  CAF_CHECK_EQUAL(field_of((*large)->error()), "events");
}

CAF_TEST(a call that fails after a part was stored is in doubt) {
  restart({2, 100, 1000, 1000});
  store.hold();
  auto reply = write(1, 5);
  store.answer_oldest();
  settle_messages();
  store.answer(make_error(errc::connection_lost, "store", "gone"));
  settle_messages();
  CAF_CHECK_EQUAL(code(reply), errc::outcome_unknown);
  CAF_CHECK_EQUAL(stats().writing, 0u);
  // The first part's failure would have left nothing in doubt.
  auto other = write(6, 5);
  store.answer(make_error(errc::connection_lost, "store", "gone"));
  settle_messages();
  CAF_CHECK_EQUAL(code(other), errc::connection_lost);
}

CAF_TEST_FIXTURE_SCOPE_END()
