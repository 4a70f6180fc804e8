#include "app.hpp"

#include <filesystem>
#include <future>
#include <limits>

// What is refused at the start, and what is not.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

struct host {
  caf::actor_system_config config;
  caf::actor_system sys{config};

  /// Starts an inbox that has to fail, and returns why.
  caf::error refused(const inbox::options& options) {
    auto box = inbox::spawn_inbox(sys, options);
    if (!box)
      return std::move(box.error());
    static_cast<void>(inbox::client(sys, *box).drain());
    CAF_FAIL("the inbox has started");
  }
};

struct bad_option {
  const char* field;
  std::function<void(inbox::options&)> change;
};

template <class T>
auto set(T inbox::options::*member, T value) {
  return [=](inbox::options& x) { x.*member = value; };
}

template <class T>
auto set_store(T inbox::store_options::*member, T value) {
  return [=](inbox::options& x) { x.store.*member = value; };
}

const std::vector<bad_option>& bad_options() {
  using inbox::options;
  using inbox::store_options;
  using inbox::timespan;
  constexpr auto longest = timespan::max();
  static const std::vector<bad_option> result{
    {"store.url", set_store<std::string>(&store_options::url, "")},
    {"store.prefix", set_store<std::string>(&store_options::prefix, "")},
    {"store.prefix", set_store<std::string>(&store_options::prefix, "1box")},
    {"store.prefix", set_store<std::string>(&store_options::prefix, "a;--")},
    {"store.prefix", set_store(&store_options::prefix, std::string(33, 'a'))},
    {"store.connect_timeout",
     set_store<timespan>(&store_options::connect_timeout, 0s)},
    {"store.statement_timeout",
     set_store<timespan>(&store_options::statement_timeout, -1s)},
    {"store.deadline", set_store<timespan>(&store_options::deadline, 5s)},
    {"store.deadline", set_store(&store_options::deadline, longest)},
    {"iteration_rate", set<timespan>(&options::iteration_rate, 0s)},
    {"iteration_rate", set(&options::iteration_rate, timespan::min())},
    {"iteration_seed", set(&options::iteration_seed, ~0u)},
    {"handler_timeout", set<timespan>(&options::handler_timeout, 0s)},
    {"lease_duration", set<timespan>(&options::lease_duration, 10s)},
    {"lease_duration", set(&options::lease_duration, longest)},
    {"max_attempts", set(&options::max_attempts, 0u)},
    {"max_attempts", set(&options::max_attempts, 32768u)},
    {"backoff.min", set(&options::backoff, inbox::backoff{-1s, 60s, 2})},
    {"backoff.max", set(&options::backoff, inbox::backoff{5s, 4s, 2})},
    {"backoff.factor", set(&options::backoff, inbox::backoff{5s, 60s, 0.5})},
    {"backoff.factor",
     set(&options::backoff,
         inbox::backoff{5s, 60s, std::numeric_limits<double>::quiet_NaN()})},
    {"max_stuck_workers", set(&options::max_stuck_workers, 1001u)},
    {"batch_size", set(&options::batch_size, 0u)},
    {"max_in_flight", set(&options::max_in_flight, 100u)},
    {"write_batch_size", set(&options::write_batch_size, 0u)},
    {"max_waiting_writes", set(&options::max_waiting_writes, 10u)},
    {"payload_limit", set(&options::payload_limit, ~uint64_t{0})},
    {"request_timeout", set<timespan>(&options::request_timeout, 8s)},
    {"erase_interval", set<timespan>(&options::erase_interval, 0s)},
    {"retention_days", set(&options::retention_days, ~0u)},
    {"drain_grace", set<timespan>(&options::drain_grace, -1s)},
  };
  return result;
}

} // namespace

CAF_TEST(a bad option is refused by its name) {
  auto place = memory_place();
  host main;
  for (auto& x : bad_options()) {
    inbox::options options;
    options.store = place->options();
    x.change(options);
    auto err = main.refused(options);
    CAF_CHECK_EQUAL(err, errc::invalid);
    CAF_CHECK_EQUAL(inbox::field_of(err), std::string{"options."} + x.field);
    CAF_CHECK_EQUAL(inbox::field_of(options.validate()), inbox::field_of(err));
  }
}

CAF_TEST(a store of no known kind is refused and keeps its password) {
  auto place = memory_place();
  host main;
  for (auto url : {"mysql://joe:hush@db/x", "joe:hush", "sqlite:", "file:x",
                   "postgresql://joe:hush@db:notaport/x?nonsense=1"}) {
    auto options = quick_options(*place);
    options.store.url = url;
    auto err = main.refused(options);
    CAF_CHECK_EQUAL(inbox::field_of(err), "options.store.url");
    CAF_CHECK(inbox::describe(err).find("hush") == std::string::npos);
  }
}

CAF_TEST(a file that cannot be made is refused) {
  auto place = sqlite_place();
  host main;
  auto options = quick_options(*place);
  options.store.url += "/no/such/folder.db";
  auto err = main.refused(options);
  CAF_CHECK_EQUAL(err, errc::storage_failed);
  CAF_CHECK(!inbox::describe(err).empty());
}

CAF_TEST(tables that are newer than the code are refused) {
  on_durable_stores([](store_place& place) {
    {
      app first{quick_options(place)};
      first.write(make(1));
    }
    place.execute("update @schema set version = version + 900");
    host main;
    auto err = main.refused(quick_options(place));
    CAF_CHECK_EQUAL(err, errc::schema_mismatch);
    auto newest = place.number("select max(version) from @schema");
    CAF_CHECK(inbox::describe(err).find(std::to_string(newest))
              != std::string::npos);
    CAF_CHECK_EQUAL(place.number("select count(*) from @event"), 1);
    place.execute("update @schema set version = version - 900");
    app again{quick_options(place)};
    CAF_CHECK_EQUAL(again.write(make(1)).result,
                    inbox::write_result::duplicate);
  });
}

CAF_TEST(many that start at once make the tables once) {
  on_each_store([](store_place& place) {
    host main;
    std::vector<std::future<caf::expected<inbox::inbox_actor>>> starting;
    for (int i = 0; i < 8; ++i)
      starting.push_back(std::async(std::launch::async, [&] {
        return inbox::spawn_inbox(main.sys, quick_options(place));
      }));
    for (auto& x : starting) {
      inbox::client box{main.sys, value(x.get())};
      CAF_CHECK(box.write(make(1)));
      CAF_CHECK(box.drain());
    }
  });
}

CAF_TEST(a locked file is no reason not to start) {
  auto place = sqlite_place();
  auto options = quick_options(*place);
  options.store.statement_timeout = 20ms;
  record<caf::error> errors;
  record<int> handled;
  options.on_error = [&](const caf::error& x) { errors.add(x); };
  inbox::registry handlers;
  on(handlers, "order", "mail",
     [&](const inbox::delivery&) { handled.add(1); });
  place->execute("begin exclusive");
  app shop{options, handlers};
  CAF_REQUIRE(errors.wait_for(2));
  for (auto& x : errors.all())
    CAF_CHECK_EQUAL(x, errc::busy);
  CAF_CHECK_EQUAL(inbox::code_of(shop->write(make(1)).error()), errc::busy);
  place->execute("commit");
  CAF_REQUIRE(eventually([&] { return bool{shop->write(make(1))}; }));
  shop.wait_until(1, "mail", status::done);
  CAF_CHECK_EQUAL(handled.size(), 1u);
}

CAF_TEST(several inboxes share one database by their prefixes) {
  on_each_store([](store_place& place) {
    auto options = quick_options(place);
    auto others = options;
    others.store.prefix += "_b";
    record<int> handled;
    inbox::registry handlers;
    on(handlers, "order", "mail",
       [&](const inbox::delivery&) { handled.add(1); });
    app first{options, handlers};
    app second{others};
    CAF_CHECK_EQUAL(second.write(make(1)).result,
                    inbox::write_result::unrouted);
    CAF_CHECK_EQUAL(first.write(make(1)).result, inbox::write_result::stored);
    first.wait_until(1, "mail", status::done);
    CAF_CHECK_EQUAL(handled.size(), 1u);
    CAF_CHECK(value(second->summary()).routes.empty());
  });
}
