#include "app.hpp"
#include "each_client.hpp"
#include "far_app.hpp"

// Handlers whose answers carry effects and further events.

using namespace flow;
using inbox::status;

namespace {

/// A place with two accounts beside the inbox's tables.
template <class Client>
class bank {
public:
  bank(const store_place& which, Client& past)
    : place{which},
      client{past},
      account{which.options().prefix + "_account"} {
    client.run("create table " + account
               + " (id integer primary key, cents integer check (cents >= 0))");
    client.run("insert into " + account + " values (1, 100), (2, 0)");
  }

  ~bank() {
    client.run("drop table " + account);
  }

  /// Returns what a handler answers that moves so many cents.
  inbox::outcome move(int64_t cents) const {
    auto change = "update " + account + " set cents = cents ";
    inbox::event moved;
    moved.type = "moved";
    return inbox::done(
      {inbox::sql_on_rows(1, change + "- $1 where id = 1", cents),
       inbox::sql_on_rows(1, change + "+ $1 where id = 2", cents)},
      {moved});
  }

  inbox::outcome operator()(const inbox::event& x) const {
    return move(std::stol(std::string{x.payload.view()}));
  }

  /// Returns a registry with a handler that moves what the payload says.
  inbox::registry handlers() const {
    inbox::registry result;
    on(result, "order", "move",
       [this](const inbox::delivery& x) { return (*this)(x.event()); });
    return result;
  }

  std::string balances() {
    return client.value("select cents from " + account + " where id = 1") + " "
           + client.value("select cents from " + account + " where id = 2");
  }

  const store_place& place;
  Client& client;
  std::string account;
};

template <class Test>
void on_each_database(Test test) {
  with_each_client([&test](auto& place, auto& client) {
    bank x{place, client};
    test(x);
  });
}

} // namespace

CAF_TEST(effects and events commit with the end of an attempt) {
  on_each_database([](auto& bank) {
    app shop{quick_options(bank.place), bank.handlers()};
    shop.wait_until_ready(1);
    shop.write(make(1, "order", "10"));
    shop.write(make(2, "order", "20"));
    shop.wait_until(1, "move", status::done);
    shop.wait_until(2, "move", status::done);
    CAF_CHECK_EQUAL(bank.balances(), "70 30");
    auto emitted = inbox::emitted_id(nth(1), "move", 0);
    CAF_CHECK(value(shop->find(emitted)).event.has_value());
  });
}

CAF_TEST(what a handler emits is handled at once) {
  on_each_store([](store_place& place) {
    record<inbox::uuid> got;
    inbox::registry handlers;
    on(handlers, "order", "bill", [](const inbox::delivery&) {
      return inbox::done({}, {make(7, "bill")});
    });
    on(handlers, "bill", "send",
       [&got](const inbox::delivery& x) { got.add(x.event().id); });
    app shop{slow_options(place), std::move(handlers)};
    shop.wait_until_ready(2);
    shop.write(make(1));
    CAF_CHECK(got.wait_for(1));
  });
}

CAF_TEST(what came of what can be read from the middle) {
  auto emits = [](const char* type) {
    return [type](const inbox::delivery&) {
      inbox::event next;
      next.type = type;
      return inbox::done({}, {next});
    };
  };
  on_each_store([&](store_place& place) {
    record<std::optional<inbox::uuid>> causes;
    inbox::registry handlers;
    on(handlers, "order", "bill", emits("invoice"));
    on(handlers, "invoice", "send", emits("letter"));
    on(handlers, "letter", "print",
       [&causes](const inbox::delivery& x) { causes.add(x.event().cause); });
    app shop{quick_options(place), std::move(handlers)};
    shop.wait_until_ready(3);
    shop.write(make(1));
    auto invoice = inbox::emitted_id(nth(1), "bill", 0);
    auto letter = inbox::emitted_id(invoice, "send", 0);
    CAF_REQUIRE(causes.wait_for(1));
    CAF_REQUIRE(causes.all().at(0) == invoice);
    CAF_CHECK(eventually([&] {
      auto found = value(shop->follow(invoice));
      return found.descendants.size() == 1 && found.descendants[0].done == 1;
    }));
    auto found = value(shop->follow(invoice));
    CAF_CHECK(found.complete);
    CAF_REQUIRE_EQUAL(found.ancestors.size(), 1u);
    CAF_CHECK(found.ancestors[0].id == nth(1));
    CAF_CHECK(!found.ancestors[0].cause);
    CAF_CHECK_EQUAL(found.ancestors[0].done, 1u);
    CAF_REQUIRE(found.event);
    CAF_CHECK_EQUAL(found.event->type, "invoice");
    CAF_CHECK(found.event->cause == nth(1));
    CAF_CHECK(found.descendants.at(0).id == letter);
    CAF_CHECK(found.descendants.at(0).cause == invoice);
  });
}

CAF_TEST(an attempt whose effects are refused has failed) {
  on_each_database([](auto& bank) {
    auto config = quick_options(bank.place);
    config.max_attempts = 2;
    app shop{config, bank.handlers()};
    shop.wait_until_ready(1);
    shop.write(make(1, "order", "500"));
    shop.write(make(2, "order", "1"));
    shop.wait_until(1, "move", status::dead);
    shop.wait_until(2, "move", status::done);
    CAF_CHECK_EQUAL(bank.balances(), "99 1");
    auto message = shop.delivery(1, "move").message;
    CAF_CHECK(message.find("effects[0]: ") == 0);
    CAF_CHECK(!value(shop->find(inbox::emitted_id(nth(1), "move", 0))).event);
  });
}

CAF_TEST(effects that end their own connection hold up no others) {
  auto server = postgres_place();
  if (!server)
    return;
  sql_client client{server->options().url};
  bank large{*server, client};
  auto config = quick_options(*server);
  config.max_attempts = 1;
  auto handlers = large.handlers();
  on(handlers, "order", "quit", [](const inbox::delivery& x) {
    return x.event().id != nth(2)
             ? inbox::done()
             : inbox::done(
               {inbox::sql("select pg_terminate_backend(pg_backend_pid())")});
  });
  app shop{config, std::move(handlers)};
  shop.wait_until_ready(2);
  for (uint32_t n = 1; n <= 3; ++n)
    shop.write(make(n, "order", "10"));
  shop.wait_until(2, "quit", status::dead);
  for (uint32_t n = 1; n <= 3; ++n)
    shop.wait_until(n, "move", status::done);
  CAF_CHECK_EQUAL(large.balances(), "70 30");
}

CAF_TEST(a handler on another node has effects as well) {
  on_each_database([](auto& bank) {
    app shop{quick_options(bank.place), {}, &inbox::load_network};
    auto published = publish(shop);
    far_app far{published.where};
    auto handler = far.spawn_handler(
      [&bank](const inbox::handle_event& x) { return bank(x.event); });
    CAF_CHECK(value(far->on({"order", "move", handler})));
    shop.write(make(1, "order", "10"));
    shop.wait_until(1, "move", status::done);
    CAF_CHECK_EQUAL(bank.balances(), "90 10");
    auto moved = inbox::emitted_id(nth(1), "move", 0);
    auto found = value(far->follow(moved));
    CAF_REQUIRE_EQUAL(found.ancestors.size(), 1u);
    CAF_CHECK(found.ancestors[0].id == nth(1));
  });
}

CAF_TEST(a store in memory refuses effects and writes events) {
  auto place = memory_place();
  auto config = quick_options(*place);
  config.max_attempts = 1;
  inbox::registry handlers;
  on(handlers, "order", "effect", [](const inbox::delivery&) {
    return inbox::done({inbox::sql("select 1")});
  });
  on(handlers, "order", "emit", [](const inbox::delivery&) {
    return inbox::done({}, {make(7, "other")});
  });
  app shop{config, std::move(handlers)};
  shop.wait_until_ready(2);
  shop.write(make(1));
  shop.wait_until(1, "effect", status::dead);
  shop.wait_until(1, "emit", status::done);
  CAF_CHECK(value(shop->find(nth(7))).event.has_value());
}
