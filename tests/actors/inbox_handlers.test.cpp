#include "mail_fixture.hpp"

#include <set>
#include <stdexcept>
#include <string>

// Handlers that come and go by message, and handlers that die.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public mail_fixture {
public:
  errc code_of_registration(register_handler x) {
    auto reply = ask<registered_handler>(inbox, std::move(x));
    return reply ? errc{} : code_of(reply.error());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_handlers_tests, fixture)

// -- registering --------------------------------------------------------------

CAF_TEST(a handler is registered by message) {
  run();
  CAF_CHECK(add(mail_actor));
  CAF_CHECK_EQUAL(write(1).handlers, 1u);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(mail.last().handler_key, "mail");
}

CAF_TEST(the first handler of a key stays and the caller is told) {
  run();
  handler_script other;
  CAF_CHECK(add(mail_actor));
  CAF_CHECK(!add(play<handler_actor>(other)));
  write(1);
  CAF_CHECK_EQUAL(mail.count(), 1u);
  CAF_CHECK_EQUAL(other.count(), 0u);
}

CAF_TEST(a key of the start is taken as well) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&) {}));
  run();
  CAF_CHECK(!add(mail_actor));
  CAF_CHECK(add(mail_actor, "mail", "refund"));
}

CAF_TEST(bad registrations are told by their field) {
  run();
  auto handler = caf::actor_cast<caf::actor>(mail_actor);
  CAF_CHECK_EQUAL(code_of_registration({"", "mail", handler, 1}),
                  errc::invalid);
  CAF_CHECK_EQUAL(code_of_registration({"order", "", handler, 1}),
                  errc::invalid);
  CAF_CHECK_EQUAL(code_of_registration({"order", "mail", handler, 0}),
                  errc::invalid);
  CAF_CHECK_EQUAL(code_of_registration({"order", "mail", nullptr, 1}),
                  errc::invalid);
  CAF_CHECK_EQUAL(faults.calls("add"), 0u);
}

CAF_TEST(a store that is away refuses a registration which may be repeated) {
  run();
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  CAF_CHECK_EQUAL(code_of_registration({"order", "mail",
                                        caf::actor_cast<caf::actor>(mail_actor),
                                        1}),
                  errc::busy);
  CAF_CHECK(add(mail_actor));
}

CAF_TEST(a store that is away at the start is tried until it is there) {
  CAF_CHECK(!handlers.on_actor("order", "mail",
                               caf::actor_cast<caf::actor>(mail_actor)));
  faults.fail_open(make_error(errc::connection_lost, "store", "refused"), 3);
  run();
  CAF_CHECK(stats().lanes.empty());
  advance(10s);
  CAF_CHECK_EQUAL(stats().lanes.size(), 1u);
  CAF_CHECK_EQUAL(errors.count(), 3u);
  write(1);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(the store is asked for the routes again after each connection) {
  run();
  CAF_CHECK(add(mail_actor));
  CAF_CHECK_EQUAL(faults.calls("add"), 1u);
  // Somebody put a backup of before in its place, say.
  CAF_CHECK(place.open()->remove({"order", "mail"}));
  CAF_CHECK_EQUAL(write(1).handlers, 0u);
  faults.fail_next("summarize",
                   make_error(errc::connection_lost, "store", "gone"), 1);
  CAF_CHECK(!ask<store_summary>(inbox, get_summary{}));
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  advance(15s);
  // By the connection itself, which fails once, and by the inbox, which wants
  // to know their numbers.
  CAF_CHECK_EQUAL(faults.calls("add"), 4u);
  CAF_CHECK_EQUAL(write(2).handlers, 1u);
  CAF_CHECK_EQUAL(status_of(2), status::done);
}

CAF_TEST(the connection of a transaction is to a store with all routes) {
  CAF_CHECK(!handlers.on("order", "mail", [](const delivery&, transaction& tx) {
    // The store in memory has none, which shows once it is open.
    CAF_CHECK(!tx.run("select 1"));
    return failed("no transaction");
  }));
  run();
  CAF_CHECK_EQUAL(faults.calls("add"), 1u);
  write(1);
  CAF_CHECK_EQUAL(faults.opened(), 2u);
  CAF_CHECK_EQUAL(faults.calls("add"), 2u);
}

// -- unregistering ------------------------------------------------------------

CAF_TEST(an unregistered key gets no work and its events wait) {
  run();
  CAF_CHECK(add(mail_actor));
  CAF_CHECK(remove());
  CAF_CHECK(!remove());
  CAF_CHECK_EQUAL(write(1).handlers, 1u);
  advance(60s);
  CAF_CHECK_EQUAL(mail.count(), 0u);
  CAF_CHECK_EQUAL(status_of(1), status::pending);
  CAF_CHECK(add(mail_actor));
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(a forgotten key gets no later events) {
  run();
  CAF_CHECK(add(mail_actor));
  CAF_CHECK(remove("mail", true));
  CAF_CHECK_EQUAL(write(1).result, write_result::unrouted);
}

CAF_TEST(a store that is away refuses to forget) {
  run();
  CAF_CHECK(add(mail_actor));
  faults.fail_next("remove", make_error(errc::busy, "store", "locked"));
  auto reply = ask<unregistered_handler>(
    inbox, unregister_handler{"order", "mail", true});
  CAF_CHECK(!reply && code_of(reply.error()) == errc::busy);
}

CAF_TEST(what runs may end after its key was unregistered) {
  run();
  mail.hold();
  CAF_CHECK(add(mail_actor));
  write(1);
  write(2);
  auto removed = begin<unregistered_handler>(
    inbox, unregister_handler{"order", "mail", false});
  CAF_CHECK_EQUAL(status_of(1), status::in_progress);
  CAF_CHECK_EQUAL(status_of(2), status::pending);
  CAF_CHECK_EQUAL(info(2).attempts, 0u);
  CAF_CHECK(!*removed); // what it uses must not go yet
  mail.answer(done());
  settle_messages();
  CAF_REQUIRE(*removed && **removed);
  CAF_CHECK((**removed)->removed);
  CAF_CHECK_EQUAL((**removed)->stuck, 0u);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(unregistering a function ends neither the inbox nor what runs) {
  // The message overtakes what the function returns.
  CAF_CHECK(!handlers.on("order", "mail", [&](const delivery&) {
    send_anonymously(inbox, unregister_handler{"order", "mail", false});
  }));
  run();
  write(1);
  advance(60s);
  CAF_CHECK_EQUAL(status_of(1), status::done);
  CAF_CHECK_EQUAL(info(1).attempts, 1u);
  CAF_CHECK(stats().lanes.empty());
  CAF_CHECK(add(mail_actor));
  write(2);
  CAF_CHECK_EQUAL(status_of(2), status::done);
}

// -- handlers that die --------------------------------------------------------

CAF_TEST(a handler that dies leaves its route and its key is free again) {
  run();
  CAF_CHECK(add(mail_actor));
  stop(mail_actor);
  CAF_CHECK(log.has("handler_ended type=\"order\" key=\"mail\""));
  CAF_CHECK(stats().lanes.empty());
  write(1);
  advance(60s);
  CAF_CHECK_EQUAL(status_of(1), status::pending);
  handler_script other;
  CAF_CHECK(add(play<handler_actor>(other)));
  CAF_CHECK_EQUAL(other.count(), 1u);
  CAF_CHECK_EQUAL(status_of(1), status::done);
}

CAF_TEST(the end of a handler is reported for each of its keys) {
  run();
  CAF_CHECK(add(mail_actor, "mail"));
  CAF_CHECK(add(mail_actor, "print"));
  handler_script other;
  CAF_CHECK(add(play<handler_actor>(other), "stock"));
  CAF_CHECK_EQUAL(errors.count(), 0u);
  stop(mail_actor);
  CAF_REQUIRE_EQUAL(errors.count(), 2u);
  std::set<std::string> keys;
  for (auto& x : errors.got()) {
    CAF_CHECK_EQUAL(code_of(x.reason), errc::handler_down);
    keys.insert(field_of(x.reason));
  }
  CAF_CHECK(keys == (std::set<std::string>{"mail", "print"}));
  CAF_CHECK_EQUAL(stats().errors, 2u);
  CAF_REQUIRE_EQUAL(stats().lanes.size(), 1u);
  CAF_CHECK_EQUAL(stats().lanes[0].handler_key, "stock");
}

CAF_TEST(a handler that was dead before is not kept) {
  run();
  stop(mail_actor);
  add(mail_actor);
  CAF_CHECK(stats().lanes.empty());
  CAF_CHECK(add(play<handler_actor>(handler_script{})));
}

CAF_TEST(the death of an earlier handler does not touch its successor) {
  run();
  CAF_CHECK(add(mail_actor));
  CAF_CHECK(remove());
  handler_script other;
  CAF_CHECK(add(play<handler_actor>(other)));
  stop(mail_actor);
  CAF_CHECK_EQUAL(stats().lanes.size(), 1u);
  write(1);
  CAF_CHECK_EQUAL(other.count(), 1u);
}

CAF_TEST(a handler that dies at work has failed once) {
  run();
  mail.answer_with([](const handle_event&) -> caf::expected<outcome> {
    throw std::runtime_error{"wild"};
  });
  CAF_CHECK(add(mail_actor));
  post(inbox, write_events{nth_events(1, 5)});
  settle_messages();
  CAF_CHECK_EQUAL(mail.count(), 1u);
  CAF_CHECK_EQUAL(status_of(1), status::failed);
  for (uint32_t n = 2; n <= 5; ++n) {
    CAF_CHECK_EQUAL(status_of(n), status::pending);
    CAF_CHECK_EQUAL(info(n).attempts, 0u);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
