#include "harness.hpp"

// What the databases do alike; there is nothing to join in memory.
#ifndef INBOX_TEST_STORE_MEMORY

#  include "../../../storage/join_write.hpp"

namespace {

class join_fixture : public fixture {
public:
  decltype(place.client()) app = place.client();
  join_options how{place.options().prefix, 1000};

  join_fixture() {
    app.run("create table " + mine() + " (n integer)");
  }

  /// Returns the name of a table that the application has.
  std::string mine() const {
    return how.prefix + "_mine";
  }

  caf::expected<written_events> try_join(const std::vector<event>& events) {
    return join_write(app.handle(), events, how);
  }

  std::vector<receipt> join(const std::vector<event>& events) {
    return get(try_join(events)).receipts;
  }

  /// Returns how a call failed, without the text.
  std::string error_of(const std::vector<event>& events) {
    auto result = try_join(events);
    if (result)
      return "none";
    return to_string(code_of(result.error())) + " " + field_of(result.error());
  }

  long rows() {
    return app.number("select count(*) from " + mine());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(join_write_tests, join_fixture)

CAF_TEST(a joined write is there once the transaction commits) {
  add("audit");
  auto mail = add("mail");
  auto x = make_ordered(1, "customer 7");
  x.date = timestamp{std::chrono::microseconds{123'456'789}};
  x.headers["trace"] = "abc";
  x.cause = nth(9);
  app.run("begin");
  app.run("insert into " + mine() + " values (1)");
  CAF_CHECK_EQUAL(results(join({x, make(2), make(3, "nobody")})),
                  "stored:2 stored:2 unrouted:0");
  CAF_CHECK(!find(1).event);
  app.run("commit");
  CAF_CHECK_EQUAL(rows(), 1);
  CAF_CHECK(find(1).event == x);
  CAF_CHECK_EQUAL(find(3).deliveries.size(), 0u);
  CAF_CHECK_EQUAL(numbers(claim(mail)), (ints{1, 2}));
  CAF_CHECK_EQUAL(route({add("late", "nobody")}), 1u);
}

CAF_TEST(a joined write is gone with a transaction that rolls back) {
  auto mail = add("mail");
  app.run("begin");
  join({make(1), make(2)});
  app.run("rollback");
  CAF_CHECK(!find(1).event && !find(2).event);
  CAF_CHECK_EQUAL(claim(mail).claimed.size(), 0u);
  CAF_CHECK_EQUAL(write(make(1)), (receipt{nth(1), write_result::stored, 1}));
}

CAF_TEST(a joined write is told what is there already) {
  add("mail");
  write(make(1));
  add("audit");
  app.run("begin");
  CAF_CHECK_EQUAL(results(join({make(1), make(2), make(2)})),
                  "stored:1 stored:2 duplicate:0");
  CAF_CHECK_EQUAL(results(join({make(1), make(2)})), "duplicate:0 duplicate:0");
  app.run("commit");
  CAF_CHECK_EQUAL(results(write({make(1), make(2)})),
                  "duplicate:0 duplicate:0");
  CAF_CHECK_EQUAL(find(1).deliveries.size(), 2u);
}

CAF_TEST(nothing joined needs a transaction all the same) {
  CAF_CHECK_EQUAL(error_of({}), "invalid connection");
  app.run("begin");
  CAF_CHECK_EQUAL(join({}).size(), 0u);
  app.run("commit");
}

CAF_TEST(a write joins a transaction that is open) {
  CAF_CHECK_EQUAL(error_of({make(1)}), "invalid connection");
  app.run("begin");
  app.run("commit");
  CAF_CHECK_EQUAL(error_of({make(1)}), "invalid connection");
  auto none = join_write(static_cast<decltype(app.handle())>(nullptr),
                         {make(1)}, how);
  CAF_REQUIRE(!none);
  CAF_CHECK_EQUAL(field_of(none.error()), "connection");
  CAF_CHECK(!find(1).event);
}

CAF_TEST(bad input is named and the transaction goes on) {
  add("mail");
  app.run("begin");
  app.run("insert into " + mine() + " values (1)");
  CAF_CHECK_EQUAL(error_of({make(1), make(2, "")}), "invalid events[1].type");
  auto large = make(3);
  large.payload = std::string(1001, 'x');
  CAF_CHECK_EQUAL(error_of({large}), "invalid events[0].payload");
  how.prefix = "x; drop table y";
  CAF_CHECK_EQUAL(error_of({make(1)}), "invalid options.prefix");
  how.prefix = place.options().prefix;
  join({make(4)});
  app.run("commit");
  CAF_CHECK_EQUAL(rows(), 1);
  CAF_CHECK(!find(1).event);
  CAF_CHECK(find(4).event.has_value());
}

CAF_TEST(a write without tables fails and the transaction goes on) {
  add("mail");
  app.run("begin");
  app.run("insert into " + mine() + " values (1)");
  how.prefix += "_x";
  CAF_CHECK_EQUAL(error_of({make(1)}), "schema_mismatch store");
  how.prefix = place.options().prefix;
  join({make(1)});
  app.run("commit");
  CAF_CHECK_EQUAL(rows(), 1);
  CAF_CHECK(find(1).event.has_value());
}

CAF_TEST(a write into tables of another version fails) {
  add("mail");
  for (auto* version : {"4711", "1"}) {
    app.run("begin");
    app.run("delete from " + how.prefix + "_schema");
    app.run("insert into " + how.prefix + "_schema (version) values (" + version
            + ")");
    CAF_CHECK_EQUAL(error_of({make(1)}), "schema_mismatch store");
    app.run("rollback");
  }
  CAF_CHECK(!find(1).event);
}

CAF_TEST(a part of the transaction can be undone with its write) {
  add("mail");
  app.run("begin");
  join({make(1)});
  app.run("savepoint caf_inbox_write"); // ours has the same name
  join({make(2)});
  app.run("rollback to caf_inbox_write");
  join({make(3)});
  app.run("commit");
  CAF_CHECK(find(1).event && !find(2).event && find(3).event);
}

CAF_TEST(the deliveries of a joined write keep their order) {
  auto mail = add("mail");
  write(make_ordered(1, "a"));
  app.run("begin");
  join({make_ordered(2, "a"), make_ordered(3, "b"), make_ordered(4, "a")});
  app.run("commit");
  write(make_ordered(5, "a"));
  ints order;
  for (auto left = 5; left > 0; --left) {
    auto next = claim_one(mail);
    order.push_back(number_of(next.event.id));
    CAF_CHECK(settle(next.lease, verdict::done));
  }
  order.erase(std::find(order.begin(), order.end(), 3)); // waits for no other
  CAF_CHECK_EQUAL(order, (ints{1, 2, 4, 5}));
}

CAF_TEST(many events join one transaction) {
  auto mail = add("mail");
  std::vector<event> events;
  for (uint32_t n = 1; n <= 3000; ++n)
    events.push_back(make(n));
  app.run("begin");
  CAF_CHECK_EQUAL(join(events).size(), 3000u);
  app.run("commit");
  size_t claimed = 0;
  while (auto n = claim(mail, 5000).claimed.size())
    claimed += n;
  CAF_CHECK_EQUAL(claimed, 3000u);
}

CAF_TEST_FIXTURE_SCOPE_END()

#endif
