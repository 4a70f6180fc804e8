#include "writer_fixture.hpp"

using namespace inbox;
using namespace inbox::test;

namespace {

using sizes_t = std::vector<size_t>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(writer_tests, writer_fixture)

// -- group commit -------------------------------------------------------------

CAF_TEST(a write is answered after the commit and pokes the poller) {
  store.hold();
  auto reply = write(1, 2);
  CAF_CHECK_EQUAL(store.count(), 1u);
  CAF_CHECK(!*reply);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(ids(reply), ids(1, 2));
  CAF_CHECK_EQUAL(pokes.count(), 1u);
}

CAF_TEST(writes that arrive during a commit share the next statement) {
  store.hold();
  auto first = write(1, 1);
  auto second = write(2, 2);
  auto third = write(4, 1);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1}));
  store.answer_oldest();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{1, 3}));
  CAF_CHECK_EQUAL(ids(first), ids(1, 1));
  CAF_CHECK(!*second && !*third);
  store.answer_oldest();
  settle_messages();
  // Each caller gets the receipts of its own events, in its own order.
  CAF_CHECK_EQUAL(ids(second), ids(2, 2));
  CAF_CHECK_EQUAL(ids(third), ids(4, 1));
  CAF_CHECK_EQUAL(pokes.count(), 2u);
}

CAF_TEST(a large call is split and answered once) {
  restart({4, 100, 1000});
  store.hold();
  auto reply = write(1, 10);
  for (int i = 0; i < 3; ++i) {
    CAF_CHECK(!*reply);
    store.answer_oldest();
    settle_messages();
  }
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 4, 2}));
  CAF_CHECK_EQUAL(ids(reply), ids(1, 10));
}

CAF_TEST(the rest of a large call shares its statement with the next call) {
  restart({4, 100, 1000});
  store.hold();
  auto large = write(1, 6);
  auto small = write(7, 1);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(sizes(), (sizes_t{4, 3}));
  CAF_CHECK_EQUAL(ids(large), ids(1, 6));
  CAF_CHECK_EQUAL(ids(small), ids(7, 1));
}

CAF_TEST(large payloads make small statements) {
  restart({1000, 1000, 1024 * 1024 * 1024, 16 * 1024 * 1024});
  auto events = nth_events(1, 5);
  for (auto& x : events)
    x.payload = std::string(16 * 1024 * 1024, 'x');
  auto reply = write(events);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{2, 2, 1}));
  CAF_CHECK_EQUAL(ids(reply), ids(1, 5));
}

CAF_TEST(large headers make small statements as well) {
  restart({1000, 1000, 1024 * 1024 * 1024, 0});
  auto events = nth_events(1, 600);
  for (auto& x : events) {
    x.payload = "";
    x.headers["h"] = std::string(max_headers_bytes - 1, 'x');
  }
  auto reply = write(events);
  CAF_CHECK_EQUAL(sizes(), (sizes_t{512, 88})); // 32 MiB, and the rest
  CAF_CHECK_EQUAL(ids(reply), ids(1, 600));
}

CAF_TEST(an empty write is answered without a statement) {
  auto reply = write({});
  CAF_REQUIRE(*reply);
  CAF_CHECK(**reply);
  CAF_CHECK_EQUAL(store.count(), 0u);
}

// -- receipts -----------------------------------------------------------------

CAF_TEST(only what was stored pokes the poller) {
  auto result = write_result::duplicate;
  store.answer_with([&result](const write_events& x) {
    uint32_t handlers = result == write_result::stored ? 1 : 0;
    return written_events{{receipt{x.events[0].id, result, handlers}}};
  });
  write(1, 1);
  result = write_result::unrouted;
  write(2, 1);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  result = write_result::stored;
  write(3, 1);
  CAF_CHECK_EQUAL(pokes.count(), 1u);
  auto counted = stats();
  CAF_CHECK_EQUAL(counted.stored, 1u);
  CAF_CHECK_EQUAL(counted.duplicates, 1u);
  CAF_CHECK_EQUAL(counted.unrouted, 1u);
}

CAF_TEST(others are told of the types that something was stored for) {
  store.answer_with([](const write_events& x) {
    written_events reply;
    for (auto& e : x.events) {
      auto is_known = e.type != "unknown";
      reply.receipts.push_back(
        {e.id, is_known ? write_result::stored : write_result::unrouted,
         is_known ? 1u : 0u});
    }
    return reply;
  });
  write({nth_event(1, "unknown")});
  CAF_CHECK_EQUAL(alerts.count(), 0u);
  write({nth_event(2, "order"), nth_event(3, "unknown"), nth_event(4, "order"),
         nth_event(5, "bill"), nth_event(6, "order")});
  CAF_REQUIRE_EQUAL(alerts.count(), 1u);
  CAF_CHECK_EQUAL(alerts.last().what.event_types,
                  (std::vector<std::string>{"order", "bill"}));
  std::vector<event> many;
  for (uint32_t n = 10; n < 40; ++n)
    many.push_back(nth_event(n, "type " + std::to_string(n)));
  write(std::move(many));
  CAF_CHECK(alerts.last().what.event_types.empty());
}

CAF_TEST(a wrong number of receipts is an unknown outcome) {
  store.answer_with([](const write_events&) { return written_events{}; });
  auto reply = write(1, 2);
  CAF_CHECK_EQUAL(code(reply), errc::outcome_unknown);
  CAF_CHECK_EQUAL(pokes.count(), 0u);
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST(events that wait are counted) {
  store.hold();
  write(1, 2);
  write(3, 3);
  CAF_CHECK_EQUAL(stats().writing, 5u);
  store.release();
  settle_messages();
  CAF_CHECK_EQUAL(stats().writing, 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
