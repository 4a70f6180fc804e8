#include "app.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <tuple>

// The main job: an event that was written is processed once per handler key.

using namespace flow;
using inbox::status;
using inbox::write_result;

namespace {

struct call {
  std::string key;
  inbox::uuid id{};
  std::string content;

  friend bool operator<(const call& x, const call& y) {
    return std::tie(x.key, x.id) < std::tie(y.key, y.id);
  }
};

/// Makes a handler that does nothing but tell of its calls.
auto tell(record<call>& calls) {
  return [&calls](const inbox::delivery& x) {
    calls.add({x.handler_key(), x.event().id, std::string{x.payload()}});
  };
}

} // namespace

CAF_TEST(each handler key of a type gets each event of it once) {
  on_each_store([](store_place& place) {
    record<call> calls;
    inbox::registry handlers;
    on(handlers, "order", "mail", tell(calls));
    on(handlers, "order", "stock", tell(calls), {4});
    on(handlers, "order", "audit", tell(calls));
    on(handlers, "refund", "mail", tell(calls));
    app shop{quick_options(place), handlers};
    auto receipt = shop.write(make(1, "order", "two lamps"));
    CAF_CHECK_EQUAL(receipt.id, nth(1));
    CAF_CHECK_EQUAL(receipt.result, write_result::stored);
    CAF_CHECK_EQUAL(receipt.handlers, 3u);
    CAF_CHECK_EQUAL(shop.write(make(2, "refund", "a lamp")).handlers, 1u);
    CAF_REQUIRE(calls.wait_for(4));
    for (auto key : {"mail", "stock", "audit"})
      shop.wait_until(1, key, status::done);
    shop.wait_until(2, "mail", status::done);
    auto seen = calls.all();
    std::sort(seen.begin(), seen.end());
    CAF_REQUIRE_EQUAL(seen.size(), 4u);
    CAF_CHECK_EQUAL(seen[0].key, "audit");
    CAF_CHECK_EQUAL(seen[0].content, "two lamps");
    CAF_CHECK_EQUAL(seen[1].id, nth(1));
    CAF_CHECK_EQUAL(seen[2].key, "mail");
    CAF_CHECK_EQUAL(seen[2].id, nth(2));
    CAF_CHECK_EQUAL(seen[2].content, "a lamp");
    CAF_CHECK_EQUAL(seen[3].key, "stock");
    auto stats = shop.final_stats();
    CAF_CHECK_EQUAL(stats.stored, 2u);
    CAF_CHECK_EQUAL(stats.claimed, 4u);
    CAF_CHECK_EQUAL(stats.done, 4u);
    CAF_CHECK_EQUAL(stats.failed + stats.dead + stats.lost, 0u);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 1u);
  });
}

CAF_TEST(many events from many threads are each handled once per key) {
  on_each_store([](store_place& place) {
    constexpr uint32_t writers = 4;
    constexpr uint32_t each = 50;
    record<call> calls;
    inbox::registry handlers;
    on(handlers, "order", "mail", tell(calls), {3});
    on(handlers, "order", "stock", tell(calls));
    app shop{quick_options(place), handlers};
    std::vector<std::thread> threads;
    std::atomic<uint32_t> stored{0};
    for (uint32_t t = 0; t < writers; ++t)
      threads.emplace_back([&, t] {
        for (uint32_t i = 1; i <= each; ++i) {
          auto receipt = shop->write(make(t * each + i));
          stored += receipt && receipt->result == write_result::stored;
        }
      });
    for (auto& x : threads)
      x.join();
    CAF_CHECK_EQUAL(stored.load(), writers * each);
    shop.wait_until_finished();
    auto seen = calls.all();
    std::set<call> different{seen.begin(), seen.end()};
    CAF_CHECK_EQUAL(seen.size(), size_t{writers * each * 2});
    CAF_CHECK_EQUAL(different.size(), seen.size());
    CAF_CHECK_EQUAL(shop.summary("order", "mail").done, writers * each);
  });
}

CAF_TEST(a repeated id changes nothing) {
  on_each_store([](store_place& place) {
    record<call> calls;
    inbox::registry handlers;
    on(handlers, "order", "mail", tell(calls));
    on(handlers, "refund", "mail", tell(calls));
    app shop{quick_options(place), handlers};
    shop.write(make(1, "order", "first"));
    shop.wait_until(1, "mail", status::done);
    // Neither another content nor another type makes it another event.
    for (auto type : {"order", "refund", "unknown"}) {
      auto again = shop.write(make(1, type, "second"));
      CAF_CHECK_EQUAL(again.result, write_result::duplicate);
      CAF_CHECK_EQUAL(again.handlers, 0u);
    }
    // Twice in one write is twice, too; the order of the receipts is kept.
    auto receipts = shop.write({make(2), make(1), make(2)});
    CAF_REQUIRE_EQUAL(receipts.size(), 3u);
    CAF_CHECK_EQUAL(receipts[0].result, write_result::stored);
    CAF_CHECK_EQUAL(receipts[1].result, write_result::duplicate);
    CAF_CHECK_EQUAL(receipts[2].result, write_result::duplicate);
    CAF_CHECK_EQUAL(receipts[1].id, nth(1));
    shop.wait_until(2, "mail", status::done);
    shop.drain();
    auto seen = calls.all();
    CAF_REQUIRE_EQUAL(seen.size(), 2u);
    CAF_CHECK_EQUAL(seen[0].content, "first");
    CAF_CHECK_EQUAL(seen[1].id, nth(2));
  });
}

CAF_TEST(an event without a handler is kept until there is one) {
  on_each_store([](store_place& place) {
    record<call> calls;
    app shop{quick_options(place)};
    auto receipt = shop.write(make(1, "order", "early"));
    CAF_CHECK_EQUAL(receipt.result, write_result::unrouted);
    CAF_CHECK_EQUAL(receipt.handlers, 0u);
    CAF_CHECK_EQUAL(shop.write(make(1)).result, write_result::duplicate);
    auto kept = value(shop->summary()).unrouted;
    CAF_REQUIRE_EQUAL(kept.size(), 1u);
    CAF_CHECK_EQUAL(kept[0].event_type, "order");
    CAF_CHECK_EQUAL(kept[0].events, 1u);
    auto found = value(shop->find(nth(1)));
    CAF_REQUIRE(found.event);
    CAF_CHECK_EQUAL(std::string{found.event->payload.view()}, "early");
    CAF_CHECK(found.deliveries.empty());
    auto late = shop.own(inbox::spawn_handler(
      shop.system(), inbox::make_handler_function(tell(calls))));
    CAF_CHECK(value(shop->on({"order", "mail", late, 1})));
    CAF_REQUIRE(calls.wait_for(1));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(calls.all().front().content, "early");
    CAF_CHECK(value(shop->summary()).unrouted.empty());
    CAF_CHECK_EQUAL(shop.write(make(1)).result, write_result::duplicate);
    CAF_CHECK_EQUAL(shop.write(make(2)).result, write_result::stored);
    shop.wait_until(2, "mail", status::done);
    CAF_CHECK_EQUAL(calls.size(), 2u);
  });
}

CAF_TEST(a key that comes later gets repeated events and new ones) {
  on_each_store([](store_place& place) {
    record<call> calls;
    auto options = quick_options(place);
    inbox::registry first;
    on(first, "order", "mail", tell(calls));
    app old{options, first};
    old.write(make(1));
    old.wait_until(1, "mail", status::done);
    inbox::registry both;
    on(both, "order", "mail", tell(calls));
    on(both, "order", "stock", tell(calls));
    app next{options, both};
    next.wait_until_ready(2);
    // Writing again adds what is missing, and only that.
    auto again = next.write(make(1));
    CAF_CHECK_EQUAL(again.result, write_result::stored);
    CAF_CHECK_EQUAL(again.handlers, 1u);
    CAF_CHECK_EQUAL(next.write(make(2)).handlers, 2u);
    next.wait_until_finished();
    CAF_CHECK_EQUAL(next.delivery(1, "mail").attempts, 1u);
    CAF_CHECK_EQUAL(next.delivery(1, "stock").status, status::done);
    CAF_CHECK_EQUAL(next.delivery(2, "stock").status, status::done);
    CAF_CHECK_EQUAL(calls.size(), 4u);
  });
}

CAF_TEST(work of a key that has no handler here waits and is listed) {
  on_each_store([](store_place& place) {
    record<call> calls;
    auto options = quick_options(place);
    inbox::registry both;
    on(both, "order", "mail", tell(calls));
    on(both, "order", "stock", tell(calls));
    app maker{options, both};
    maker.wait_until_ready(2);
    inbox::registry one;
    on(one, "order", "mail", tell(calls));
    app keeper{options, one}; // holds the memory store
    keeper.wait_until_ready(1);
    maker.drain();
    CAF_CHECK_EQUAL(keeper.write(make(1)).handlers, 2u);
    keeper.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(keeper.delivery(1, "stock").status, status::pending);
    CAF_CHECK_EQUAL(keeper.delivery(1, "stock").attempts, 0u);
    auto missing = keeper.summary("order", "stock");
    CAF_CHECK_EQUAL(missing.pending, 1u);
    CAF_CHECK(!missing.handled_here);
    CAF_CHECK(keeper.summary("order", "mail").handled_here);
    app taker{options, both};
    taker.wait_until(1, "stock", status::done);
    CAF_CHECK_EQUAL(calls.size(), 2u);
  });
}
