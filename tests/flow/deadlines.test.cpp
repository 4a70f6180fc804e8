#include "app.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>

// An attempt that has no answer in time has failed, and what comes later
// changes nothing.

using namespace flow;
using inbox::status;

namespace {

inbox::options impatient_options(const store_place& place) {
  auto result = quick_options(place);
  result.handler_timeout = 100ms;
  // On a busy machine also attempts that work may come too late.
  result.max_attempts = 1000;
  return result;
}

/// Answers its first request only when the second one comes.
caf::behavior late_actor(caf::event_based_actor* self) {
  using promise = caf::typed_response_promise<inbox::outcome>;
  auto first = std::make_shared<promise>();
  return {
    [self, first](const inbox::handle_event& x) -> caf::result<inbox::outcome> {
      auto reply = self->make_response_promise<inbox::outcome>();
      if (x.attempt == 1) {
        *first = reply;
      } else {
        first->deliver(inbox::dead("too late to count"));
        reply.deliver(inbox::done());
      }
      return reply;
    },
  };
}

} // namespace

CAF_TEST(a function past its deadline has failed and another worker goes on) {
  on_each_store([](store_place& place) {
    gate hold;
    record<uint32_t> begun;
    record<bool> canceled;
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      if (x.event().id != nth(1))
        return inbox::done();
      begun.add(x.attempt());
      if (x.attempt() > 1)
        return inbox::done();
      hold.wait();
      canceled.add(x.canceled());
      return inbox::dead("too late to count");
    });
    auto options = impatient_options(place);
    record<inbox::delivery_died> died;
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    app shop{options, handlers};
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    // Its first call still has not returned, and the key works all the same.
    shop.write(make(2));
    shop.wait_until(2, "mail", status::done);
    CAF_CHECK(eventually([&] { return shop.stats().stuck_workers == 1; }));
    auto stats = shop.final_stats();
    CAF_CHECK_GREATER_OR_EQUAL(stats.replaced_workers, 1u);
    CAF_CHECK_GREATER_OR_EQUAL(stats.failed, 1u);
    auto before = shop.delivery(1, "mail");
    CAF_CHECK_GREATER_OR_EQUAL(before.attempts, 2u);
    CAF_CHECK(before.message.find("deadline") != std::string::npos);
    hold.open();
    CAF_REQUIRE(canceled.wait_for(1));
    CAF_CHECK(canceled.all().front());
    CAF_REQUIRE(eventually([&] { return shop.stats().stuck_workers == 0; }));
    auto after = shop.delivery(1, "mail");
    CAF_CHECK_EQUAL(after.status, status::done);
    CAF_CHECK_EQUAL(after.attempts, before.attempts);
    CAF_CHECK_EQUAL(after.lease_token, before.lease_token);
    CAF_CHECK(after.finished == before.finished);
    shop.write(make(3));
    shop.wait_until(3, "mail", status::done);
    shop.drain();
    CAF_CHECK_EQUAL(begun.all().front(), 1u);
    CAF_CHECK_EQUAL(died.size(), 0u);
  });
}

CAF_TEST(a key whose workers never return gets no more work) {
  on_each_store([](store_place& place) {
    gate hold;
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery&) { hold.wait(); });
    on(handlers, "refund", "stock", [](const inbox::delivery&) {});
    auto options = impatient_options(place);
    options.max_stuck_workers = 1;
    app shop{options, handlers};
    auto mail = [&] {
      for (auto& lane : shop.stats().lanes)
        if (lane.handler_key == "mail")
          return lane;
      return inbox::lane_stats{};
    };
    shop.write(make(1));
    CAF_REQUIRE(eventually([&] { return mail().stuck; }));
    // One more than the cap; from then on nothing is begun, so nothing fails.
    CAF_CHECK_EQUAL(shop.stats().stuck_workers, 2u);
    CAF_CHECK(eventually([&] { return shop.stats().failed == 2; }));
    CAF_REQUIRE(eventually([&] { return shop.stats().released >= 2; }));
    CAF_CHECK_EQUAL(shop.stats().failed, 2u);
    CAF_CHECK_EQUAL(shop.stats().stuck_workers, 2u);
    // Other keys do not notice.
    shop.write(make(2, "refund"));
    shop.wait_until(2, "stock", status::done);
    hold.open();
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK(eventually([&] { return shop.stats().stuck_workers == 0; }));
    // Those that were given back do not count.
    auto attempts = shop.delivery(1, "mail").attempts
                    + shop.delivery(2, "stock").attempts;
    CAF_CHECK_EQUAL(attempts, shop.final_stats().failed + 2);
  });
}

CAF_TEST(a function can see its deadline and that it is over) {
  auto place = memory_place();
  record<std::chrono::steady_clock::duration> left;
  record<bool> noticed;
  inbox::registry handlers;
  on(handlers, "order", "mail", [&](const inbox::delivery& x) {
    left.add(x.deadline() - std::chrono::steady_clock::now());
    noticed.add(eventually([&] { return x.canceled(); }));
    return inbox::done();
  });
  auto options = quick_options(*place);
  options.handler_timeout = 1s; // long enough to see some of it
  options.max_attempts = 1;
  app shop{options, handlers};
  shop.write(make(1));
  shop.wait_until(1, "mail", status::dead);
  CAF_REQUIRE(noticed.wait_for(1));
  CAF_CHECK(noticed.all().front());
  CAF_CHECK(left.all().front() <= 1s);
  CAF_CHECK(left.all().front() > 0ms);
}

CAF_TEST(the late answer of an actor changes nothing) {
  on_each_store([](store_place& place) {
    app shop{impatient_options(place)};
    auto late = shop.own(shop.system().spawn(late_actor));
    CAF_CHECK(value(shop->on({"order", "mail", late, 1})));
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    auto found = shop.delivery(1, "mail");
    CAF_CHECK_GREATER_OR_EQUAL(found.attempts, 2u);
    CAF_CHECK(found.message.find("deadline") != std::string::npos);
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.dead, 0u);
    CAF_CHECK_EQUAL(stats.lost, 0u);
  });
}
