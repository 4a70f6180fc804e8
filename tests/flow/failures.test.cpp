#include "app.hpp"

#include <atomic>
#include <stdexcept>

// An attempt that fails is repeated after the backoff; the last one is dead.

using namespace flow;
using inbox::status;

namespace {

/// What nobody expects to be thrown.
struct spilt_milk {};

using obituaries = record<inbox::delivery_died>;

/// Options whose dead callback tells `died`.
inbox::options telling_options(const store_place& place, obituaries& died) {
  auto result = quick_options(place);
  result.on_dead = [&died](const inbox::delivery_died& x) { died.add(x); };
  return result;
}

} // namespace

CAF_TEST(what always fails ends dead and is reported once) {
  on_each_store([](store_place& place) {
    obituaries died;
    record<uint32_t> attempts;
    record<uint32_t> limits;
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      attempts.add(x.attempt());
      limits.add(x.max_attempts());
      return inbox::failed("no paper on try " + std::to_string(x.attempt()));
    });
    on(handlers, "order", "stock", [](const inbox::delivery&) {});
    app shop{telling_options(place, died), handlers};
    shop.write(make(1));
    CAF_REQUIRE(died.wait_for(1));
    auto end = shop.delivery(1, "mail");
    CAF_CHECK_EQUAL(end.status, status::dead);
    CAF_CHECK_EQUAL(end.attempts, 3u);
    CAF_CHECK_EQUAL(end.message, "no paper on try 3");
    CAF_CHECK(end.finished.has_value());
    CAF_CHECK(!end.lease_owner);
    // A failure of one key is no business of another.
    shop.wait_until(1, "stock", status::done);
    shop.write(make(2));
    CAF_REQUIRE(died.wait_for(2));
    shop.wait_until_finished();
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.failed, 4u); // the last attempts are dead at once
    CAF_CHECK_EQUAL(stats.dead, 2u);
    shop.drain();
    auto reports = died.all();
    CAF_REQUIRE_EQUAL(reports.size(), 2u);
    CAF_CHECK_EQUAL(reports[0].event_id, nth(1));
    CAF_CHECK_EQUAL(reports[0].event_type, "order");
    CAF_CHECK_EQUAL(reports[0].handler_key, "mail");
    CAF_CHECK_EQUAL(reports[0].attempts, 3u);
    CAF_CHECK_EQUAL(reports[0].message, "no paper on try 3");
    CAF_CHECK_EQUAL(reports[1].event_id, nth(2));
    CAF_CHECK_EQUAL(attempts.all(), (std::vector<uint32_t>{1, 2, 3, 1, 2, 3}));
    CAF_CHECK_EQUAL(limits.all(), (std::vector<uint32_t>(6, 3)));
  });
}

CAF_TEST(what fails at first succeeds on a retry) {
  on_each_store([](store_place& place) {
    obituaries died;
    inbox::registry handlers;
    on(handlers, "order", "mail", [](const inbox::delivery& x) {
      return x.attempt() < 3 ? inbox::failed("asleep") : inbox::done();
    });
    app shop{telling_options(place, died), handlers};
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 3u);
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.failed, 2u);
    CAF_CHECK_EQUAL(stats.done, 1u);
    CAF_CHECK_EQUAL(stats.dead, 0u);
    CAF_CHECK_EQUAL(died.size(), 0u);
  });
}

CAF_TEST(a failed delivery waits for its backoff with its message stored) {
  on_each_store([](store_place& place) {
    inbox::registry handlers;
    on(handlers, "order", "mail",
       [](const inbox::delivery&) { return inbox::failed("no ink"); });
    auto options = quick_options(place);
    options.backoff = {1h, 3h, 2};
    app shop{options, handlers};
    shop.write(make(1));
    shop.wait_until(1, "mail", status::failed);
    auto found = shop.delivery(1, "mail");
    auto now = std::chrono::system_clock::now();
    CAF_CHECK_EQUAL(found.message, "no ink");
    CAF_CHECK_EQUAL(found.attempts, 1u);
    CAF_CHECK(found.due > now + 59min);
    CAF_CHECK(found.due <= now + 2h);
    CAF_CHECK(!found.finished);
    CAF_CHECK_EQUAL(shop.summary("order", "mail").failed, 1u);
  });
}

CAF_TEST(every way to fail is a failure with its reason) {
  on_each_store([](store_place& place) {
    obituaries died;
    inbox::registry handlers;
    on(handlers, "throws", "standard", [](const inbox::delivery&) {
      throw std::runtime_error("the oven is cold");
    });
    on(handlers, "throws", "int", [](const inbox::delivery&) { throw 42; });
    on(handlers, "throws", "literal",
       [](const inbox::delivery&) { throw "out of flour"; });
    on(handlers, "throws", "object",
       [](const inbox::delivery&) { throw spilt_milk{}; });
    on(handlers, "throws", "error", [](const inbox::delivery&) {
      return inbox::make_error(inbox::errc::busy, "oven", "is in use");
    });
    on(handlers, "throws", "text", [](const inbox::delivery&) {
      return inbox::failed(std::string(3000, 'x') + "\xFF");
    });
    on(handlers, "throws", "bytes", [](const inbox::delivery&) {
      return inbox::failed(std::string{"a\0b\xFFz", 5});
    });
    // "Released" would be a retry without an end if a handler could say it.
    on(handlers, "throws", "released", [](const inbox::delivery&) {
      return inbox::outcome{inbox::verdict::released, {}, {}};
    });
    app shop{telling_options(place, died), handlers};
    shop.write(make(1, "throws"));
    CAF_REQUIRE(died.wait_for(8));
    auto message = [&](const char* key) {
      auto found = shop.delivery(1, key);
      CAF_CHECK_EQUAL(found.status, status::dead);
      CAF_CHECK_EQUAL(found.attempts, 3u);
      return found.message;
    };
    auto has = [&](const char* key, const char* part) {
      return message(key).find(part) != std::string::npos;
    };
    CAF_CHECK(has("standard", "the oven is cold"));
    for (auto key : {"int", "literal", "object"})
      CAF_CHECK(has(key, "threw something that is no std::exception"));
    CAF_CHECK(has("error", "is in use"));
    CAF_CHECK(has("released", "released"));
    CAF_CHECK_EQUAL(message("text").size(), inbox::max_message_bytes);
    CAF_CHECK_EQUAL(message("bytes"), "a?b?z");
    // The threads of all of them are still good.
    shop.write(make(2, "throws"));
    CAF_REQUIRE(died.wait_for(16));
  });
}

CAF_TEST(a handler can give up at once) {
  on_each_store([](store_place& place) {
    obituaries died;
    inbox::registry handlers;
    on(handlers, "order", "mail",
       [](const inbox::delivery&) { return inbox::dead("no such address"); });
    app shop{telling_options(place, died), handlers};
    shop.write(make(1));
    CAF_REQUIRE(died.wait_for(1));
    CAF_CHECK_EQUAL(died.all()[0].attempts, 1u);
    CAF_CHECK_EQUAL(died.all()[0].message, "no such address");
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").status, status::dead);
    CAF_CHECK_EQUAL(shop.final_stats().failed, 0u);
  });
}

CAF_TEST(a snoozed attempt does not count) {
  on_each_store([](store_place& place) {
    record<uint32_t> attempts;
    std::atomic<int> calls{0};
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      attempts.add(x.attempt());
      // More often than there are attempts.
      return ++calls <= 5 ? inbox::snoozed(1ms) : inbox::done();
    });
    on(handlers, "order", "stock",
       [](const inbox::delivery&) { return inbox::snoozed(1h); });
    app shop{quick_options(place), handlers};
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(attempts.all(), (std::vector<uint32_t>(6, 1)));
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 1u);
    CAF_REQUIRE(eventually([&] { return shop.stats().snoozed == 6; }));
    auto later = shop.delivery(1, "stock");
    CAF_CHECK_EQUAL(later.status, status::pending);
    CAF_CHECK_EQUAL(later.attempts, 0u);
    CAF_CHECK(later.due > std::chrono::system_clock::now() + 59min);
    CAF_CHECK_EQUAL(shop.final_stats().failed, 0u);
  });
}
