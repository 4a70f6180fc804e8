#include "postgres_fixture.hpp"

#include "../../messages/error.hpp"
#include "../../storage/join_write.hpp"
#include "../../storage/wake_channel.hpp"

#include <future>

using namespace inbox;
using namespace std::chrono_literals;

// What the application's own connection can be like.

namespace {

class fixture : public postgres_fixture {
public:
  sql_client app = place.client();
  join_options how{place.options().prefix};
  store_ptr db = open();
  route_id mail = add_route(*db);

  caf::expected<written_events> try_join(const std::vector<event>& events) {
    return join_write(app.handle(), events, how);
  }

  std::string join(const std::vector<event>& events) {
    auto result = try_join(events);
    if (!result)
      return to_string(code_of(result.error())) + " "
             + field_of(result.error());
    std::string text;
    for (auto& x : result->receipts)
      text += to_string(x.result) + ":" + std::to_string(x.handlers);
    return text;
  }

  /// Checks that the connection is as an application had it.
  void check_unchanged() {
    CAF_CHECK_EQUAL(PQpipelineStatus(app.handle()), PQ_PIPELINE_OFF);
    CAF_CHECK_EQUAL(PQisnonblocking(app.handle()), 0);
    CAF_CHECK_EQUAL(app.value("select count(*) from pg_prepared_statements"),
                    "0");
    CAF_CHECK_EQUAL(app.value("show enable_seqscan"), "on");
    CAF_CHECK_EQUAL(app.value("show statement_timeout"), "0");
  }

  bool is_there(uint32_t n) {
    return get(db->find({id(n)})).event.has_value();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(join_write_tests, fixture)

CAF_TEST(the connection is left as it was) {
  app.run("begin");
  CAF_CHECK_EQUAL(join({make(1)}), "stored:1");
  check_unchanged();
  app.run("commit");
  CAF_CHECK_EQUAL(join({make(2)}), "invalid connection");
  check_unchanged();
  app.run("begin");
  CAF_CHECK_EQUAL(PQsetnonblocking(app.handle(), 1), 0);
  CAF_CHECK_EQUAL(join({make(3)}), "stored:1");
  CAF_CHECK_EQUAL(PQisnonblocking(app.handle()), 1);
  PQsetnonblocking(app.handle(), 0);
  app.run("commit");
  CAF_CHECK(is_there(1) && !is_there(2) && is_there(3));
}

CAF_TEST(a transaction that failed takes no write) {
  app.run("begin");
  try {
    app.run("select 1 / 0");
  } catch (const std::runtime_error&) {
    // It was to fail.
  }
  CAF_CHECK_EQUAL(join({make(1)}), "invalid connection");
  app.run("rollback");
  check_unchanged();
}

CAF_TEST(a connection in use takes no write) {
  app.run("begin");
  PQsendQuery(app.handle(), "select 1");
  CAF_CHECK_EQUAL(join({make(1)}), "invalid connection");
  while (auto* rest = PQgetResult(app.handle()))
    PQclear(rest);
  PQenterPipelineMode(app.handle());
  CAF_CHECK_EQUAL(join({make(1)}), "invalid connection");
  PQexitPipelineMode(app.handle());
  CAF_CHECK_EQUAL(join({make(1)}), "stored:1");
  app.run("commit");
}

CAF_TEST(a connection of another encoding takes no write) {
  app.run("set client_encoding to latin1; begin");
  CAF_CHECK_EQUAL(join({make(1)}), "invalid connection");
  app.run("rollback");
}

CAF_TEST(a transaction that only reads takes no write and goes on) {
  app.run("begin read only");
  CAF_CHECK_EQUAL(join({make(1)}), "invalid connection");
  CAF_CHECK_EQUAL(app.value("select 1"), "1");
  app.run("commit");
  check_unchanged();
}

CAF_TEST(a write within the time of a statement or not at all) {
  app.run("begin; set local lock_timeout = '50ms'");
  client.run("begin; lock table " + table("event"));
  CAF_CHECK_EQUAL(join({make(1)}), "busy store");
  app.run("set local lock_timeout = 0; set local statement_timeout = '50ms'");
  CAF_CHECK_EQUAL(join({make(1)}), "timeout store");
  client.run("rollback");
  app.run("set local statement_timeout = 0");
  CAF_CHECK_EQUAL(join({make(1)}), "stored:1");
  app.run("commit");
  CAF_CHECK(is_there(1));
}

CAF_TEST(a lost connection has written nothing) {
  app.run("begin");
  CAF_CHECK_EQUAL(join({make(1)}), "stored:1");
  auto process = std::to_string(PQbackendPID(app.handle()));
  client.run("select pg_terminate_backend(" + process + ", 5000)");
  CAF_CHECK_EQUAL(join({make(2)}), "connection_lost connection");
  CAF_CHECK_EQUAL(join({make(3)}), "connection_lost connection");
  CAF_CHECK(!is_there(1) && !is_there(2));
}

CAF_TEST(two transactions that write the same event wait for each other) {
  app.run("begin");
  CAF_CHECK_EQUAL(join({make(1)}), "stored:1");
  auto second = std::async(std::launch::async, [this] {
    return get(open()->write({make(1)})).receipts.at(0).result;
  });
  await_blocked();
  app.run("commit");
  CAF_CHECK_EQUAL(second.get(), write_result::duplicate);
}

// -- routes that change meanwhile ---------------------------------------------

CAF_TEST(a new handler key gets what was joined before) {
  app.run("begin");
  CAF_CHECK_EQUAL(join({make(1)}), "stored:1");
  auto audit = std::async(std::launch::async, [this] {
    return get(open()->add({"order", "audit"})).route;
  });
  await_blocked();
  app.run("commit");
  audit.get();
  app.run("begin");
  CAF_CHECK_EQUAL(join({make(2)}), "stored:2");
  app.run("commit");
}

CAF_TEST(a transaction with an older state of the routes is to be repeated) {
  for (auto* level : {"repeatable read", "serializable"}) {
    auto key = std::string{"of "} + level;
    auto n = key.size() > 14 ? 1u : 2u;
    app.run(std::string{"begin isolation level "} + level + "; select 1");
    get(db->add({"order", key}));
    CAF_CHECK_EQUAL(join({make(n)}), "busy store");
    CAF_CHECK_EQUAL(app.value("select 1"), "1");
    app.run("rollback");
    app.run(std::string{"begin isolation level "} + level + "; select 1");
    get(db->add({"order", key})); // is there
    CAF_CHECK_NOT_EQUAL(join({make(n)}), "busy store");
    app.run("commit");
    CAF_CHECK_EQUAL(get(db->find({id(n)})).deliveries.size(),
                    std::string{level} == "repeatable read" ? 2u : 3u);
  }
}

CAF_TEST(a transaction with an older state notices what was removed) {
  app.run("begin isolation level repeatable read; select 1");
  CAF_CHECK(db->remove({"order", "mail"}));
  CAF_CHECK_EQUAL(join({make(1)}), "busy store");
  app.run("rollback");
}

CAF_TEST(an event without any route in an older state is routed later) {
  app.run("begin isolation level repeatable read; select 1");
  auto late = get(db->add({"invoice", "late"})).route;
  auto x = make(1);
  x.type = "invoice";
  CAF_CHECK_EQUAL(join({x}), "unrouted:0");
  app.run("commit");
  CAF_CHECK_EQUAL(get(db->route({{late}, 10})).events, 1u);
}

// -- the hint -----------------------------------------------------------------

CAF_TEST(an announcement reaches whoever listens) {
  auto channel = get(get(find_wake_channel(place.options(), owner))());
  wake_signal signal;
  CAF_CHECK(!announce(app.handle(), {"order", "invoice"}, how));
  auto heard = get(channel->wait(signal));
  CAF_REQUIRE_EQUAL(heard.size(), 1u);
  CAF_CHECK_EQUAL(heard[0].event_types,
                  (std::vector<std::string>{"order", "invoice"}));
  CAF_CHECK(!announce(app.handle(), {}, how));
  heard = get(channel->wait(signal));
  CAF_REQUIRE_EQUAL(heard.size(), 1u);
  CAF_CHECK(heard[0].event_types.empty());
}

CAF_TEST(an announcement within a transaction is refused) {
  app.run("begin");
  auto err = announce(app.handle(), {}, how);
  CAF_CHECK_EQUAL(field_of(err), "connection");
  app.run("commit");
  CAF_CHECK(announce(nullptr, {}, how));
}

CAF_TEST_FIXTURE_SCOPE_END()
