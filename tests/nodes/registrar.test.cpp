#include "../../nodes/registrar.hpp"

#include "../support/far_actor.hpp"
#include "nodes_fixture.hpp"

// Who keeps the handlers of other nodes.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public nodes_fixture {
public:
  fixture()
    : inbox{play_inbox()},
      registrar{start<registrar_impl>(inbox.actor, size_t{2})} {
    // nop
  }

  // What stands for a handler of another node ends with the registrar only.
  ~fixture() {
    tell(registrar, end_duty{});
  }

  caf::expected<registered_handler> add(const register_handler& x) {
    return ask<registered_handler>(registrar, x);
  }

  bool has_added(const register_handler& x) {
    auto reply = add(x);
    CAF_REQUIRE(reply);
    return reply->added;
  }

  caf::expected<unregistered_handler> remove(const caf::actor& who) {
    return ask<unregistered_handler>(
      registrar, unregister_handler{"order", "mail", false, who});
  }

  /// What the inbox was given in place of a handler.
  caf::actor local(size_t i) {
    return inbox.registered.got().at(i).handler;
  }

  scripted_inbox inbox;
  registrar_actor registrar;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(registrar_tests, fixture)

CAF_TEST(the inbox gets a local actor for a handler) {
  auto handler = play_handler();
  CAF_CHECK(has_added(for_mail(handler.actor, true, 3)));
  CAF_REQUIRE_EQUAL(inbox.registered.count(), 1u);
  auto& given = inbox.registered.last();
  CAF_CHECK_EQUAL(given.event_type, "order");
  CAF_CHECK_EQUAL(given.handler_key, "mail");
  CAF_CHECK_EQUAL(given.concurrency, 3u);
  CAF_CHECK(given.shared);
  CAF_CHECK_NOT_EQUAL(given.handler, handler.actor);
  auto reply = begin<outcome>(caf::actor_cast<handler_actor>(given.handler),
                              handle_event{});
  CAF_CHECK_EQUAL(handler.calls.held(), 1u);
}

CAF_TEST(registering it again is harmless) {
  auto handler = play_handler();
  CAF_CHECK(has_added(for_mail(handler.actor)));
  CAF_CHECK(has_added(for_mail(handler.actor)));
  // The inbox may have taken it off meanwhile, of which nobody hears.
  CAF_REQUIRE_EQUAL(inbox.registered.count(), 2u);
  CAF_CHECK_EQUAL(local(0), local(1));
  inbox.registered.fail_next(make_error(errc::busy, "store", "is"));
  CAF_CHECK_EQUAL(code_of(add(for_mail(handler.actor)).error()), errc::busy);
  CAF_CHECK(!has_ended(local(0)));
  // It is refused if it is there, and if another one is: then it may get its
  // turn later.
  inbox.registered.answer_with(
    [](const register_handler&) { return registered_handler{false}; });
  CAF_CHECK(has_added(for_mail(handler.actor)));
  CAF_CHECK(!has_ended(local(0)));
}

CAF_TEST(one that shared its key is told when it does not any more) {
  auto handler = play_handler();
  CAF_CHECK(has_added(for_mail(handler.actor, true)));
  CAF_CHECK(has_added(for_mail(handler.actor, true)));
  inbox.registered.answer_with(
    [](const register_handler&) { return registered_handler{false}; });
  CAF_CHECK(!has_added(for_mail(handler.actor, true)));
  CAF_CHECK(has_ended(local(0)));
}

CAF_TEST(with another concurrency it is registered anew) {
  auto handler = play_handler();
  CAF_CHECK(has_added(for_mail(handler.actor, true, 1)));
  CAF_CHECK(has_added(for_mail(handler.actor, true, 2)));
  CAF_CHECK_EQUAL(inbox.unregistered.count(), 1u);
  CAF_CHECK_EQUAL(inbox.unregistered.last().handler, local(0));
  CAF_CHECK_EQUAL(inbox.registered.last().concurrency, 2u);
  CAF_CHECK(has_ended(local(0)));
  CAF_CHECK(!has_ended(local(1)));
}

CAF_TEST(so is one that comes over another link before the loss is known) {
  auto before = make_far_actor(sys, far::is_silent);
  auto after = make_far_actor(sys, far::is_silent);
  CAF_REQUIRE_EQUAL(before.address(), after.address());
  CAF_CHECK(has_added(for_mail(before)));
  CAF_CHECK(has_added(for_mail(after)));
  CAF_CHECK_EQUAL(inbox.registered.count(), 2u);
  CAF_CHECK(has_ended(local(0)));
  lose_link(before);
  settle_messages();
  CAF_CHECK(
    !*begin<outcome>(caf::actor_cast<handler_actor>(local(1)), handle_event{}));
}

CAF_TEST(one that the inbox does not take is not kept) {
  auto handler = play_handler();
  inbox.registered.answer_with(
    [](const register_handler&) { return registered_handler{false}; });
  CAF_CHECK(!has_added(for_mail(handler.actor)));
  CAF_CHECK(has_ended(local(0)));
  inbox.registered.fail_next(make_error(errc::invalid, "handler_key", "is"));
  CAF_CHECK_EQUAL(field_of(add(for_mail(handler.actor)).error()),
                  "handler_key");
  CAF_CHECK(has_ended(local(1)));
  CAF_CHECK(!remove(handler.actor)->removed);
}

CAF_TEST(there is a bound) {
  auto a = play_handler();
  auto b = play_handler();
  auto c = play_handler();
  CAF_CHECK(has_added(for_mail(a.actor, true)));
  CAF_CHECK(has_added(for_mail(b.actor, true)));
  CAF_CHECK_EQUAL(code_of(add(for_mail(c.actor, true)).error()), errc::busy);
  CAF_CHECK(has_added(for_mail(b.actor, true))); // is there already
  CAF_CHECK(remove(a.actor)->removed);
  CAF_CHECK(has_added(for_mail(c.actor, true)));
}

CAF_TEST(one that is being registered is not registered again) {
  auto handler = play_handler();
  inbox.registered.hold();
  auto first = begin<registered_handler>(registrar, for_mail(handler.actor));
  CAF_CHECK_EQUAL(code_of(add(for_mail(handler.actor)).error()), errc::busy);
  inbox.registered.release();
  settle_messages();
  CAF_CHECK(*first && **first);
  CAF_CHECK(has_added(for_mail(handler.actor)));
}

CAF_TEST(one that leaves ends when what it runs has ended) {
  auto handler = play_handler();
  CAF_CHECK(has_added(for_mail(handler.actor)));
  inbox.unregistered.hold();
  auto left = begin<unregistered_handler>(
    registrar, unregister_handler{"order", "mail", false, handler.actor});
  CAF_CHECK(!*left);
  auto runs = begin<outcome>(caf::actor_cast<handler_actor>(local(0)),
                             handle_event{});
  CAF_CHECK(!*runs);
  inbox.unregistered.release();
  settle_messages();
  CAF_CHECK(*left && **left && (**left)->removed);
  CAF_CHECK(has_ended(local(0)));
  CAF_CHECK(!remove(handler.actor)->removed);
}

CAF_TEST(one whose node is lost may come back) {
  auto handler = make_far_actor(sys, far::is_silent);
  CAF_CHECK(has_added(for_mail(handler)));
  lose_link(handler);
  settle_messages();
  CAF_CHECK(has_ended(local(0)));
  CAF_CHECK(has_added(for_mail(make_far_actor(sys, far::is_silent))));
  CAF_CHECK_EQUAL(inbox.registered.count(), 2u);
}

CAF_TEST(one whose local actor was ended is registered anew) {
  auto handler = play_handler();
  CAF_CHECK(has_added(for_mail(handler.actor)));
  caf::anon_send_exit(local(0), caf::exit_reason::kill);
  settle_messages();
  CAF_CHECK(has_added(for_mail(handler.actor)));
  CAF_CHECK_EQUAL(inbox.registered.count(), 2u);
}

CAF_TEST(at its end all leave) {
  auto a = play_handler();
  auto b = play_handler();
  CAF_CHECK(has_added(for_mail(a.actor, true)));
  CAF_CHECK(has_added(for_mail(b.actor, true)));
  tell(registrar, end_duty{});
  CAF_CHECK_EQUAL(inbox.unregistered.count(), 2u);
  CAF_CHECK(has_ended(local(0)));
  CAF_CHECK(has_ended(local(1)));
  CAF_CHECK_EQUAL(add(for_mail(a.actor)).error(),
                  caf::sec::request_receiver_down);
}

CAF_TEST_FIXTURE_SCOPE_END()
