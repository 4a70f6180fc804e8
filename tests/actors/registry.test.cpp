#include "../../actors/registry.hpp"

#include "../support/actor_fixture.hpp"

using namespace inbox;
using namespace inbox::test;

namespace {

outcome first(const delivery&) {
  return failed("first");
}

outcome second(const delivery&) {
  return failed("second");
}

class fixture : public actor_fixture {
public:
  registry handlers;

  /// Registers a function and returns the field that the error names, if any.
  std::string field(std::string type, std::string key,
                    uint32_t concurrency = 1) {
    return field_of(
      handlers.on(std::move(type), std::move(key), first, {concurrency}));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(registry_tests, fixture)

CAF_TEST(a handler is kept with its options) {
  CAF_CHECK(!handlers.on("order", "mail", first, {7}));
  CAF_REQUIRE_EQUAL(handlers.entries().size(), 1u);
  auto& x = handlers.entries()[0];
  CAF_CHECK_EQUAL(x.event_type, "order");
  CAF_CHECK_EQUAL(x.handler_key, "mail");
  CAF_CHECK_EQUAL(x.options.concurrency, 7u);
  CAF_CHECK(x.function(delivery{handle_event{}}) == failed("first"));
  CAF_CHECK(!x.actor);
}

CAF_TEST(the first handler of a key stays and the caller is told) {
  CAF_CHECK(!handlers.on("order", "mail", first));
  auto err = handlers.on("order", "mail", second);
  CAF_CHECK_EQUAL(code_of(err), errc::invalid);
  CAF_CHECK_EQUAL(field_of(err), "handler_key");
  CAF_REQUIRE_EQUAL(handlers.entries().size(), 1u);
  CAF_CHECK(handlers.entries()[0].function(delivery{handle_event{}})
            == failed("first"));
}

CAF_TEST(a key is unique within its event type only) {
  CAF_CHECK(!handlers.on("order", "mail", first));
  CAF_CHECK(!handlers.on("order", "print", first));
  CAF_CHECK(!handlers.on("refund", "mail", first));
}

CAF_TEST(handlers are listed by type in order of registration) {
  CAF_CHECK(handlers.handlers().empty());
  for (auto* key : {"print", "mail", "archive"})
    CAF_CHECK(!handlers.on("order", key, first));
  CAF_CHECK(!handlers.on("refund", "mail", first));
  auto listed = handlers.handlers();
  CAF_REQUIRE_EQUAL(listed.size(), 2u);
  CAF_CHECK_EQUAL(listed["order"],
                  (std::vector<std::string>{"print", "mail", "archive"}));
  CAF_CHECK_EQUAL(listed["refund"], std::vector<std::string>{"mail"});
}

CAF_TEST(bad names are told by their field and change nothing) {
  CAF_CHECK_EQUAL(field("", "mail"), "event_type");
  CAF_CHECK_EQUAL(field("order", ""), "handler_key");
  CAF_CHECK_EQUAL(field(std::string(256, 'x'), "mail"), "event_type");
  CAF_CHECK_EQUAL(field("order", std::string(256, 'x')), "handler_key");
  CAF_CHECK_EQUAL(field(std::string{"a\0b", 3}, "mail"), "event_type");
  CAF_CHECK_EQUAL(field("order", "\xff"), "handler_key");
  CAF_CHECK(handlers.entries().empty());
  CAF_CHECK_EQUAL(field(std::string(255, 'x'), std::string(255, 'y')), "");
}

CAF_TEST(the concurrency is from 1 to 1000) {
  CAF_CHECK_EQUAL(field("order", "mail", 0), "concurrency");
  CAF_CHECK_EQUAL(field("order", "mail", 1001), "concurrency");
  CAF_CHECK_EQUAL(field("order", "mail", 1), "");
  CAF_CHECK_EQUAL(field("order", "print", 1000), "");
}

CAF_TEST(an actor is registered likewise) {
  auto handler = caf::actor_cast<caf::actor>(
    play<handler_actor>(script<outcome, handle_event>{}));
  CAF_CHECK(!handlers.on_actor("order", "mail", handler, {3}));
  auto& x = handlers.entries().at(0);
  CAF_CHECK(x.actor == handler);
  CAF_CHECK(!x.function);
  CAF_CHECK_EQUAL(x.options.concurrency, 3u);
  CAF_CHECK_EQUAL(field_of(handlers.on_actor("order", "mail", handler)),
                  "handler_key");
  CAF_CHECK_EQUAL(field_of(handlers.on_actor("order", "print", nullptr)),
                  "handler");
}

CAF_TEST_FIXTURE_SCOPE_END()
