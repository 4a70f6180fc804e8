#include "app.hpp"

#include <atomic>
#include <future>
#include <map>
#include <set>

// Draining: what runs may finish, the rest is given back, nothing is lost.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

/// Starts draining, and returns once new writes are refused.
std::future<inbox::drain_report> begin_drain(app& shop) {
  auto result = std::async(std::launch::async, [&] { return shop.drain(); });
  CAF_REQUIRE(eventually([&] {
    auto receipt = shop->write(make(999, "unknown"));
    return !receipt && inbox::code_of(receipt.error()) == errc::stopped;
  }));
  return result;
}

/// Looks on, and keeps a memory store from being forgotten between two inboxes.
struct keeper {
  explicit keeper(const store_place& place) : idle{quick_options(place)} {
    // nop
  }

  app idle;
};

} // namespace

CAF_TEST(draining lets what runs finish and gives the queue back) {
  on_each_store([](store_place& place) {
    keeper data{place};
    gate hold;
    record<inbox::uuid> begun;
    auto options = quick_options(place);
    options.drain_grace = patience;
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      begun.add(x.event().id);
      hold.wait();
    });
    app first{options, handlers};
    first.write(make_many(20));
    CAF_REQUIRE(begun.wait_for(1));
    CAF_REQUIRE(eventually([&] { return first.stats().claimed == 5; }));
    auto draining = begin_drain(first);
    auto late = first->on({"order", "late", {}, 1});
    CAF_CHECK_EQUAL(inbox::code_of(late.error()), errc::stopped);
    // Refusing writes comes first; what waits is given back a moment later.
    CAF_REQUIRE(
      eventually([&] { return first.stats().lanes.at(0).queued == 0; }));
    hold.open();
    auto report = draining.get();
    CAF_CHECK_EQUAL(report.finished, 1u);
    CAF_CHECK_EQUAL(report.released, 4u);
    CAF_CHECK_EQUAL(report.abandoned, 0u);
    CAF_CHECK_EQUAL(begun.size(), 1u);
    // Everything else is as if it had never been claimed.
    auto now = data.idle.summary("order", "mail");
    CAF_CHECK_EQUAL(now.done, 1u);
    CAF_CHECK_EQUAL(now.pending, 19u);
    CAF_CHECK_EQUAL(now.in_progress + now.failed, 0u);
    app second{options, handlers};
    second.wait_until_finished();
    CAF_CHECK_EQUAL(begun.size(), 20u);
    for (uint32_t n = 1; n <= 20; ++n)
      CAF_CHECK_EQUAL(second.delivery(n, "mail").attempts, 1u);
  });
}

CAF_TEST(what outlasts the grace is canceled and no failure) {
  on_each_store([](store_place& place) {
    keeper data{place};
    record<bool> canceled;
    auto options = quick_options(place);
    options.drain_grace = 50ms;
    options.max_attempts = 1;
    record<inbox::delivery_died> died;
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    record<int> begun;
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      begun.add(1);
      canceled.add(eventually([&] { return x.canceled(); }));
      return inbox::failed("interrupted");
    });
    app first{options, handlers};
    first.write(make(1));
    CAF_REQUIRE(begun.wait_for(1));
    auto report = first.drain();
    CAF_CHECK_EQUAL(report.finished, 0u);
    CAF_CHECK_EQUAL(report.released, 1u);
    CAF_CHECK_EQUAL(report.abandoned, 0u);
    CAF_REQUIRE(canceled.wait_for(1));
    CAF_CHECK(canceled.all().front());
    auto between = data.idle.delivery(1, "mail");
    CAF_CHECK_EQUAL(between.status, status::pending);
    CAF_CHECK_EQUAL(between.attempts, 0u);
    CAF_CHECK_EQUAL(between.message, "");
    inbox::registry others;
    on(others, "order", "mail", [](const inbox::delivery&) {});
    app second{options, others};
    second.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(second.delivery(1, "mail").attempts, 1u);
    CAF_CHECK_EQUAL(died.size(), 0u);
  });
}

CAF_TEST(a function that does not look holds up no drain) {
  on_each_store([](store_place& place) {
    keeper data{place};
    gate hold;
    record<int> begun;
    auto options = quick_options(place);
    options.drain_grace = 0ms;
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery&) {
      begun.add(1);
      hold.wait();
    });
    app first{options, handlers};
    first.write(make(1));
    CAF_REQUIRE(begun.wait_for(1));
    CAF_CHECK_EQUAL(first.drain().released, 1u);
    // Another inbox does it while the first call still has not returned.
    inbox::registry others;
    on(others, "order", "mail", [](const inbox::delivery&) {});
    app second{options, others};
    second.wait_until(1, "mail", status::done);
    auto before = second.delivery(1, "mail");
    hold.open();
    second.drain();
    auto after = data.idle.delivery(1, "mail");
    CAF_CHECK_EQUAL(after.status, status::done);
    CAF_CHECK_EQUAL(after.lease_token, before.lease_token);
  });
}

CAF_TEST(draining closes all connections) {
  auto place = postgres_place();
  if (!place)
    return; // nobody else tells how many there are
  auto count = [&] {
    return place->number("select count(*) from pg_stat_activity "
                         "where application_name = '"
                         + place->options().prefix + "'");
  };
  inbox::registry handlers;
  on(handlers, "order", "mail", [](const inbox::delivery&) {});
  app shop{quick_options(*place), handlers};
  shop.write(make(1));
  shop.wait_until(1, "mail", status::done);
  CAF_CHECK_GREATER(count(), 0);
  shop.drain();
  // The server notices a moment later. The actor system is there still.
  CAF_CHECK(eventually([&] { return count() == 0; }));
}

CAF_TEST(an inbox that has ended says so) {
  auto place = memory_place();
  app shop{quick_options(*place)};
  shop.write(make(1));
  auto report = shop.drain();
  CAF_CHECK_EQUAL(report.finished + report.released + report.abandoned, 0u);
  auto code = [](const auto& x) { return inbox::code_of(x.error()); };
  CAF_CHECK_EQUAL(code(shop->write(make(2))), errc::stopped);
  CAF_CHECK_EQUAL(code(shop->stats()), errc::stopped);
  CAF_CHECK_EQUAL(code(shop->summary()), errc::stopped);
  CAF_CHECK_EQUAL(code(shop->find(nth(1))), errc::stopped);
  CAF_CHECK_EQUAL(code(shop->drain()), errc::stopped);
}

CAF_TEST(whoever drains at the same time gets the same report) {
  auto place = memory_place();
  gate hold;
  record<int> begun;
  inbox::registry handlers;
  on(handlers, "order", "mail", [&](const inbox::delivery&) {
    begun.add(1);
    hold.wait();
  });
  app shop{quick_options(*place), handlers};
  shop.write(make(1));
  CAF_REQUIRE(begun.wait_for(1));
  auto first = begin_drain(shop);
  auto second = std::async(std::launch::async, [&] { return shop->drain(); });
  hold.open();
  CAF_CHECK_EQUAL(first.get().finished, 1u);
  // It may have come after the end, which it is told then.
  if (auto report = second.get())
    CAF_CHECK_EQUAL(report->finished, 1u);
  else
    CAF_CHECK_EQUAL(inbox::code_of(report.error()), errc::stopped);
}

CAF_TEST(a write is acknowledged or refused by a drain and never both) {
  on_each_store([](store_place& place) {
    keeper data{place};
    record<inbox::uuid> handled;
    inbox::registry handlers;
    on(handlers, "order", "mail",
       [&](const inbox::delivery& x) { handled.add(x.event().id); }, {4});
    record<inbox::uuid> stored;
    record<errc> refusals;
    {
      app first{quick_options(place), handlers};
      std::vector<std::thread> writers;
      for (uint32_t t = 1; t <= 4; ++t)
        writers.emplace_back([&, t] {
          for (uint32_t i = 0;; ++i) {
            auto receipt = first->write(make(t * 100'000 + i));
            if (!receipt)
              return refusals.add(inbox::code_of(receipt.error()));
            stored.add(receipt->id);
          }
        });
      CAF_CHECK(stored.wait_for(50));
      CAF_CHECK_EQUAL(first.drain().abandoned, 0u);
      for (auto& x : writers)
        x.join();
    }
    for (auto code : refusals.all())
      CAF_CHECK_EQUAL(code, errc::stopped);
    app second{quick_options(place), handlers};
    second.wait_until_ready(1);
    second.wait_until_finished();
    auto expected = stored.all();
    auto seen = handled.all();
    std::set<inbox::uuid> written{expected.begin(), expected.end()};
    std::set<inbox::uuid> done{seen.begin(), seen.end()};
    CAF_CHECK(written == done);
    CAF_CHECK_EQUAL(seen.size(), done.size());
  });
}

CAF_TEST(restarts in the midst of work lose and repeat nothing) {
  on_each_store([](store_place& place) {
    constexpr uint32_t count = 600;
    keeper data{place};
    record<std::pair<std::string, inbox::uuid>> calls;
    inbox::registry handlers;
    for (auto key : {"mail", "stock"})
      on(handlers, "order", key,
         [&](const inbox::delivery& x) {
           calls.add({x.handler_key(), x.event().id});
         },
         {2});
    auto options = quick_options(place);
    options.drain_grace = patience;
    options.batch_size = 20; // so that there is something to be stopped
    for (uint32_t stop = 1; stop <= 3; ++stop) {
      app shop{options, handlers};
      shop.wait_until_ready(2);
      if (stop == 1)
        shop.write(make_many(count));
      CAF_REQUIRE(calls.wait_for(stop * 100));
      CAF_CHECK_EQUAL(shop.drain().abandoned, 0u);
    }
    app last{options, handlers};
    last.wait_until_ready(2);
    last.wait_until_finished();
    auto seen = calls.all();
    std::set<std::pair<std::string, inbox::uuid>> different{seen.begin(),
                                                            seen.end()};
    CAF_CHECK_EQUAL(seen.size(), size_t{count * 2});
    CAF_CHECK_EQUAL(different.size(), seen.size());
    CAF_CHECK_EQUAL(last.summary("order", "mail").done, count);
    CAF_CHECK_EQUAL(last.summary("order", "stock").done, count);
  });
}
