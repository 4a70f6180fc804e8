#include "../../actors/write_queue.hpp"

#include "../support/samples.hpp"

#include <caf/test/unit_test.hpp>

using namespace inbox;
using namespace inbox::test;

namespace {

using numbers = std::vector<uint32_t>;

struct fixture {
  write_queue queue{{10, 1000, 4}};

  static write_call_ptr call(std::vector<event> events) {
    auto result = std::make_shared<write_call>();
    result->events = std::move(events);
    return result;
  }

  write_call_ptr push(std::vector<event> events) {
    auto result = call(std::move(events));
    queue.push(result);
    return result;
  }

  write_call_ptr push(uint32_t first, uint32_t count) {
    return push(nth_events(first, count));
  }

  static std::vector<event> ordered(std::vector<event> events) {
    for (auto& x : events)
      x.ordering_key = "key " + std::to_string(x.id.data[15] % 2);
    return events;
  }

  /// Which events a batch has, by the last byte of their ids.
  static numbers in(const write_batch& x) {
    numbers result;
    for (auto& [owner, begin, n] : x.parts)
      for (auto i = begin; i < begin + n; ++i)
        result.push_back(owner->events[i].id.data[15]);
    CAF_CHECK_EQUAL(result.size(), x.events);
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(write_queue_tests, fixture)

CAF_TEST(a batch has calls as they came and no more than it may have) {
  CAF_CHECK(queue.empty() && !queue.is_ready());
  push(1, 2);
  push(3, 3);
  CAF_CHECK(queue.is_ready());
  CAF_CHECK_EQUAL(in(queue.take(4)), (numbers{1, 2, 3, 4}));
  CAF_CHECK_EQUAL(queue.size(), 1u);
  CAF_CHECK_EQUAL(in(queue.take(4)), (numbers{5}));
  CAF_CHECK(queue.empty());
  CAF_CHECK(in(queue.take(4)).empty());
}

CAF_TEST(a batch ends with the event that exceeds its bytes) {
  auto events = nth_events(1, 3);
  for (auto& x : events)
    x.payload = std::string(600, 'x');
  push(events);
  auto batch = queue.take(10);
  CAF_CHECK_EQUAL(in(batch), (numbers{1, 2}));
  CAF_CHECK_EQUAL(batch.bytes, 1200u);
}

// -- statements at the same time ----------------------------------------------

CAF_TEST(few events wait for the statement that is under way) {
  push(1, 1);
  auto first = queue.take(10);
  push(2, 3);
  CAF_CHECK(!queue.is_ready());
  push(5, 1);
  CAF_CHECK(queue.is_ready()); // four are worth one beside it
  auto second = queue.take(2);
  CAF_CHECK(!queue.is_ready()); // two are left
  queue.end(first);
  CAF_CHECK(!queue.is_ready());
  queue.end(second);
  CAF_CHECK(queue.is_ready());
}

CAF_TEST(a queue with small batches shares by these) {
  queue = write_queue{{2, 1000, 4}};
  push(1, 2);
  static_cast<void>(queue.take(1));
  CAF_CHECK(!queue.is_ready());
  push(3, 1);
  CAF_CHECK(queue.is_ready());
}

CAF_TEST(what waits is shared out evenly unless the shares are small) {
  auto share_of = [this](uint32_t events, size_t statements) {
    queue = write_queue{{10, 1000, 4}};
    push(1, events);
    return queue.share_of(statements);
  };
  CAF_CHECK_EQUAL(share_of(7, 2), 7u);
  CAF_CHECK_EQUAL(share_of(8, 2), 4u);
  CAF_CHECK_EQUAL(share_of(9, 2), 5u);
  CAF_CHECK_EQUAL(share_of(9, 1), 9u);
  CAF_CHECK_EQUAL(share_of(11, 3), 6u);
  CAF_CHECK_EQUAL(share_of(50, 2), 10u); // the most for a statement
}

CAF_TEST(events with ordering keys are in one statement at a time) {
  push(ordered(nth_events(1, 2)));
  push(3, 4);
  push(ordered(nth_events(7, 1)));
  push(8, 4);
  auto first = queue.take(4);
  CAF_CHECK_EQUAL(in(first), (numbers{1, 2, 3, 4}));
  CAF_CHECK(queue.is_ready());
  auto second = queue.take(10);
  CAF_CHECK_EQUAL(in(second), (numbers{5, 6}));
  CAF_CHECK(!queue.is_ready()); // and nothing overtakes
  queue.end(second);
  CAF_CHECK(!queue.is_ready());
  queue.end(first);
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{7, 8, 9, 10, 11}));
}

CAF_TEST(events with ordering keys go beside others) {
  push(1, 4);
  push(ordered(nth_events(5, 4)));
  auto first = queue.take(4);
  CAF_CHECK(queue.is_ready());
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{5, 6, 7, 8}));
}

CAF_TEST(an id is in one statement at a time) {
  push(3, 3);
  push(1, 4);
  auto first = queue.take(3);
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{1, 2})); // and then 3 again
  CAF_CHECK(!queue.is_ready());
  queue.end(first);
  push(10, 2);
  CAF_CHECK(queue.is_ready());
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{3, 4, 10, 11}));
}

CAF_TEST(an id is found wherever it is in the other statement) {
  push({nth_event(9), nth_event(1), nth_event(5)});
  static_cast<void>(queue.take(10));
  push({nth_event(20), nth_event(9), nth_event(21)});
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{20}));
}

CAF_TEST(a batch may have an id twice) {
  push({nth_event(1), nth_event(1)});
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{1, 1}));
}

// -- the end of a statement ---------------------------------------------------

CAF_TEST(a call knows how many of its parts are under way) {
  auto x = push(1, 6);
  auto first = queue.take(2);
  auto second = queue.take(4);
  CAF_CHECK_EQUAL(x->under_way, 2u);
  queue.end(first);
  CAF_CHECK_EQUAL(x->under_way, 1u);
  CAF_CHECK(queue.empty() && !queue.is_idle());
  queue.end(second);
  CAF_CHECK_EQUAL(x->under_way, 0u);
  CAF_CHECK(queue.is_idle());
}

CAF_TEST(what is put back comes first and in its order) {
  push(1, 1);
  push(2, 3);
  push(5, 1);
  auto batch = queue.take(2);
  queue.end(batch);
  queue.put_back(batch);
  CAF_CHECK_EQUAL(queue.size(), 5u);
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{1, 2, 3, 4, 5}));
}

CAF_TEST(a call that is alone shares with none and is whole again) {
  push(1, 1);
  auto large = push(2, 4);
  push(6, 1);
  auto batch = queue.take(3);
  queue.end(batch);
  for (auto& part : batch.parts)
    part.owner->alone = true;
  queue.put_back(batch);
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{1}));
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{2, 3, 4, 5}));
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{6}));
}

CAF_TEST(a call that has failed is neither put back nor kept) {
  auto failed = push(1, 4);
  push(5, 1);
  auto batch = queue.take(2);
  queue.end(batch);
  failed->failure = away;
  queue.put_back(batch);
  CAF_CHECK_EQUAL(queue.size(), 3u);
  queue.drop(failed);
  CAF_CHECK_EQUAL(queue.size(), 1u);
  CAF_CHECK_EQUAL(in(queue.take(10)), (numbers{5}));
}

CAF_TEST_FIXTURE_SCOPE_END()
