#include "app.hpp"
#include "hostile_texts.hpp"

#include <inbox/actors/caf_compat.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <limits>
#include <stdexcept>

// What applications name their handlers, what they ask for, and what handlers
// answer.

using namespace flow;
using inbox::errc;
using inbox::status;
using inbox::timespan;

namespace {

/// An actor that answers every request with the same outcome.
caf::behavior constant(caf::event_based_actor*, inbox::outcome result) {
  return {[=](const inbox::handle_event&) { return result; }};
}

/// One that has never heard of outcomes.
caf::behavior chatty(caf::event_based_actor*) {
  return {
    [](const inbox::handle_event&) { return std::string{"'; drop table --"}; }};
}

struct answer_case {
  const char* what;
  inbox::outcome answer;
  status wanted;
  std::string message;
  /// Between which a snoozed delivery has to be due again, from now.
  timespan least{};
  timespan most{};
};

std::vector<answer_case> answer_cases() {
  using inbox::dead;
  using inbox::failed;
  using inbox::snoozed;
  std::vector<answer_case> result{
    {"snoozed for a day", snoozed(24h), status::pending, "", 23h, 25h},
    {"snoozed for ever", snoozed(timespan::max()), status::pending, "",
     24h * 3600, 24h * 4000},
    {"an unknown verdict",
     {static_cast<inbox::verdict>(77), "x", timespan::max()},
     status::dead,
     "the handler answered \"unknown(77)\""},
    {"a delay with a death",
     {inbox::verdict::dead, "x", timespan::min()},
     status::dead,
     "x"},
    {"a message with success",
     {inbox::verdict::done, "\xFF", timespan::max()},
     status::done,
     ""},
    {"an endless message", dead(std::string(64 * 1024 * 1024, 'm')),
     status::dead, std::string(inbox::max_message_bytes, 'm')},
  };
  for (auto& x : hostile_texts()) {
    result.push_back(
      {x.what, failed(x.text), status::dead, inbox::storable(x.text)});
    result.push_back(
      {x.what, dead(x.text), status::dead, inbox::storable(x.text)});
  }
  return result;
}

} // namespace

CAF_TEST(a handler is refused by its field or is served under its name) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place)};
    caf::scoped_actor self{shop.system()};
    record<std::string> handled;
    auto handler = shop.own(
      inbox::spawn_handler(shop.system(), inbox::make_handler_function(
                                            [&](const inbox::delivery& x) {
                                              handled.add(x.handler_key());
                                            })));
    uint32_t n = 0;
    auto check = [&](const std::string& type, const std::string& key,
                     const std::string& field) {
      inbox::registry handlers;
      auto err = handlers.on(type, key, [](const inbox::delivery&) {});
      CAF_CHECK_EQUAL(inbox::field_of(err), field);
      err = inbox::registry{}.on_actor(type, key, handler);
      CAF_CHECK_EQUAL(inbox::field_of(err), field);
      // The first one of a name stays.
      err = handlers.on_actor(type, key, handler);
      CAF_CHECK_EQUAL(inbox::field_of(err),
                      field.empty() ? "handler_key" : field);
      auto added = shop->on({type, key, handler, 1});
      if (!field.empty()) {
        CAF_REQUIRE(!added);
        CAF_CHECK_EQUAL(added.error(), errc::invalid);
        CAF_CHECK_EQUAL(inbox::field_of(added.error()), field);
        CAF_CHECK(!value(shop->off({type, key, true})));
        return;
      }
      CAF_CHECK(value(std::move(added)));
      CAF_CHECK(!value(shop->on({type, key, handler, 1})));
      shop.write(make(++n, type));
      CAF_REQUIRE(handled.wait_for(n));
      CAF_CHECK_EQUAL(handled.all().back(), key);
      shop.wait_until(n, key, status::done);
      CAF_CHECK_EQUAL(shop.summary(type, key).done, 1u);
      CAF_CHECK(value(shop->off({type, key, true})));
    };
    for (auto& x : hostile_texts()) {
      CAF_MESSAGE(x.what);
      check(x.text, "mail", x.is_name() ? "" : "event_type");
      check("order", x.text, x.is_name() ? "" : "handler_key");
    }
    for (auto concurrency : {0u, 1001u, ~0u}) {
      auto added = shop->on({"order", "mail", handler, concurrency});
      CAF_CHECK_EQUAL(inbox::field_of(added.error()), "concurrency");
    }
    CAF_CHECK(shop.stats().lanes.empty());
  });
}

CAF_TEST(an answer is stored as it is or as what it must mean) {
  on_each_store([](store_place& place) {
    record<inbox::delivery_died> died;
    auto options = quick_options(place);
    options.max_attempts = 1;
    options.max_stuck_workers = 0;
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    auto cases = answer_cases();
    inbox::registry handlers;
    on(handlers, "order", "function", [&](const inbox::delivery& x) {
      return cases.at(std::stoul(std::string{x.payload()})).answer;
    });
    app shop{options, handlers};
    shop.wait_until_ready(1);
    for (uint32_t n = 0; n < cases.size(); ++n) {
      auto& x = cases[n];
      CAF_MESSAGE(x.what);
      auto type = "order" + std::to_string(n);
      auto actor = shop.own(shop.system().spawn(constant, x.answer));
      CAF_CHECK(value(shop->on({type, "actor", actor, 1})));
      auto check = [&](uint32_t id, const char* key) {
        // A delivery that is pending has to have been at the handler first.
        if (x.wanted == status::pending)
          CAF_REQUIRE(eventually([&] {
            auto due = shop.delivery(id, key).due;
            return due > std::chrono::system_clock::now() + 1h;
          }));
        shop.wait_until(id, key, x.wanted);
        auto found = shop.delivery(id, key);
        CAF_CHECK_EQUAL(found.message, x.message);
        if (x.most > 0s) {
          auto now = std::chrono::system_clock::now();
          CAF_CHECK(found.due > now + x.least);
          CAF_CHECK(found.due < now + x.most);
        }
      };
      auto deaths = died.size();
      shop.write(
        {make(2 * n + 1, "order", std::to_string(n)), make(2 * n + 2, type)});
      check(2 * n + 1, "function");
      check(2 * n + 2, "actor");
      if (x.wanted == status::dead) {
        CAF_REQUIRE(died.wait_for(deaths + 2));
        CAF_CHECK_EQUAL(died.all().back().message, x.message);
      }
      CAF_CHECK(value(shop->off({type, "actor", true})));
    }
    CAF_CHECK_EQUAL(shop.final_stats().lost, 0u);
  });
}

CAF_TEST(snoozing for no time or less means at once) {
  on_each_store([](store_place& place) {
    record<timespan> calls;
    const timespan delays[] = {0s, -1ns, -24h, timespan::min()};
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery&) {
      auto i = calls.size();
      calls.add(timespan{});
      return i < std::size(delays) ? inbox::snoozed(delays[i]) : inbox::done();
    });
    app shop{quick_options(place), handlers};
    shop.write(make(1));
    shop.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(calls.size(), std::size(delays) + 1);
    CAF_CHECK_EQUAL(shop.delivery(1, "mail").attempts, 1u);
  });
}

CAF_TEST(what a handler throws or answers in a wrong way is a failure) {
  on_each_store([](store_place& place) {
    auto options = quick_options(place);
    options.max_attempts = 1;
    inbox::registry handlers;
    on(handlers, "order", "throws", [](const inbox::delivery& x) {
      throw std::runtime_error(std::string{x.payload()});
    });
    app shop{options, handlers};
    CAF_CHECK(value(
      shop->on({"order", "chats", shop.own(shop.system().spawn(chatty)), 1})));
    shop.wait_until_ready(2);
    uint32_t n = 0;
    for (auto& x : hostile_texts()) {
      CAF_MESSAGE(x.what);
      shop.write(make(++n, "order", x.text));
      shop.wait_until(n, "throws", status::dead);
      shop.wait_until(n, "chats", status::dead);
      auto message = shop.delivery(n, "throws").message;
      // As far as a C string goes.
      auto seen = inbox::storable(x.text.c_str());
      CAF_CHECK_NOT_EQUAL(message.find(seen), std::string::npos);
      CAF_CHECK_EQUAL(message, inbox::storable(message));
    }
  });
}

CAF_TEST(questions about what never was have empty answers) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place)};
    inbox::uuid ones{};
    std::fill(ones.begin(), ones.end(), 0xFF);
    for (auto& id : {inbox::uuid{}, ones, nth(1)}) {
      auto found = value(shop->find(id));
      CAF_CHECK(!found.event);
      CAF_CHECK(found.deliveries.empty());
    }
    CAF_CHECK(value(shop->summary()).routes.empty());
  });
}

CAF_TEST(a client gives up at once or has its answer whatever its time is) {
  auto place = memory_place();
  app shop{quick_options(*place)};
  for (auto time :
       {timespan::min(), timespan{-1}, timespan{0}, timespan{1},
        timespan{24h * 36500}, timespan::max() - 1ns, timespan::max()}) {
    inbox::options config; // that nobody has validated
    config.request_timeout = config.drain_grace = time;
    config.store.deadline = config.lease_duration = time;
    for (auto& hasty : {inbox::client{shop.system(), shop.actor(), time},
                        inbox::client{shop.system(), shop.actor(), config}}) {
      auto stats = hasty.stats();
      if (!stats)
        CAF_CHECK_EQUAL(stats.error(), errc::timeout);
      CAF_CHECK(time < 1s || stats);
    }
    CAF_CHECK(inbox::longest_drain(config) > 0s);
  }
}
