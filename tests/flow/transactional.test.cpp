#include "app.hpp"
#include "each_client.hpp"

#include "../storage/tcp_proxy.hpp"

#include <atomic>

// Functions that run statements of their own in the transaction which ends
// their attempt.

using namespace flow;
using inbox::delivery;
using inbox::status;
using inbox::transaction;

namespace {

/// A place with a table of what was handled.
template <class Client>
class ledger {
public:
  ledger(const store_place& which, Client& past)
    : place{which},
      client{past},
      table{which.options().prefix + "_ledger"} {
    client.run("create table " + table + " (n integer)");
  }

  ~ledger() {
    client.run("drop table " + table);
  }

  caf::error note(transaction& tx, int n) const {
    auto done = tx.run("insert into " + table + " values ($1)", n);
    return done ? caf::error{} : std::move(done.error());
  }

  /// Returns the numbers that were committed, in order.
  std::string committed() {
    std::string result;
    for (auto& row : client.run("select n from " + table + " order by n"))
      result += row.at(0) + " ";
    return result;
  }

  const store_place& place;
  Client& client;
  std::string table;
};

template <class Test>
void on_each_database(Test test) {
  with_each_client([&test](auto& place, auto& client) {
    ledger x{place, client};
    test(x);
  });
}

int number(const delivery& x) {
  return x.event().id.data[15];
}

} // namespace

CAF_TEST(what a function does commits with the end of its attempt) {
  on_each_database([](auto& book) {
    inbox::registry handlers;
    on(handlers, "order", "note", [&](const delivery& x, transaction& tx) {
      return book.note(tx, number(x));
    });
    app shop{quick_options(book.place), std::move(handlers)};
    shop.wait_until_ready(1);
    shop.write(make_many(20));
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(book.committed(), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 "
                                      "17 18 19 20 ");
    CAF_CHECK_EQUAL(shop.final_stats().done, 20u);
    CAF_CHECK_EQUAL(shop.final_stats().lost, 0u);
  });
}

CAF_TEST(several threads of a function commit beside one another) {
  on_each_database([](auto& book) {
    inbox::registry handlers;
    on(handlers, "order", "note",
       [&](const delivery& x, transaction& tx) {
         return book.note(tx, number(x));
       },
       {4});
    app shop{quick_options(book.place), std::move(handlers)};
    shop.wait_until_ready(1);
    shop.write(make_many(40));
    shop.wait_until_finished();
    CAF_CHECK_EQUAL(book.client.number("select count(*) from " + book.table),
                    40);
    CAF_CHECK_EQUAL(shop.final_stats().done, 40u);
  });
}

CAF_TEST(what a failed attempt did is undone) {
  on_each_database([](auto& book) {
    inbox::registry handlers;
    on(handlers, "order", "note", [&](const delivery& x, transaction& tx) {
      if (book.note(tx, static_cast<int>(x.attempt())))
        return inbox::failed("cannot note");
      return x.attempt() < 3 ? inbox::failed("not yet") : inbox::done();
    });
    app shop{quick_options(book.place), std::move(handlers)};
    shop.wait_until_ready(1);
    shop.write(make(1));
    shop.wait_until(1, "note", status::done);
    CAF_CHECK_EQUAL(book.committed(), "3 ");
  });
}

CAF_TEST(an attempt whose statements are refused has failed) {
  on_each_database([](auto& book) {
    auto config = quick_options(book.place);
    config.max_attempts = 1;
    inbox::registry handlers;
    on(handlers, "order", "note", [&](const delivery&, transaction& tx) {
      CAF_CHECK(!book.note(tx, 1));
      auto refused = tx.run("insert into nobody_has_this values (1)");
      return refused ? caf::error{} : refused.error();
    });
    app shop{config, std::move(handlers)};
    shop.wait_until_ready(1);
    shop.write(make(1));
    shop.wait_until(1, "note", status::dead);
    CAF_CHECK_EQUAL(book.committed(), "");
    auto message = shop.delivery(1, "note").message;
    CAF_CHECK_NOT_EQUAL(message.find("nobody_has_this"), std::string::npos);
  });
}

CAF_TEST(a function that returns after its deadline commits nothing) {
  on_each_database([](auto& book) {
    auto config = quick_options(book.place);
    config.handler_timeout = 300ms;
    record<int> late;
    inbox::registry handlers;
    on(handlers, "order", "note", [&](const delivery& x, transaction& tx) {
      auto err = book.note(tx, static_cast<int>(x.attempt()));
      if (x.attempt() == 1) {
        while (!x.canceled())
          std::this_thread::sleep_for(5ms);
        late.add(1);
      }
      return err;
    });
    app shop{config, std::move(handlers)};
    shop.wait_until_ready(1);
    shop.write(make(1));
    CAF_CHECK(late.wait_for(1));
    shop.wait_until(1, "note", status::done);
    CAF_CHECK_EQUAL(book.committed(), "2 ");
  });
}

CAF_TEST(events and effects of the outcome commit as well) {
  on_each_database([](auto& book) {
    inbox::registry handlers;
    on(handlers, "order", "note", [&](const delivery&, transaction& tx) {
      if (book.note(tx, 1))
        return inbox::failed("cannot note");
      inbox::event next;
      next.type = "noted";
      return inbox::done(
        {inbox::sql("insert into " + book.table + " values ($1)", 2)}, {next});
    });
    record<inbox::uuid> got;
    on(handlers, "noted", "see",
       [&](const delivery& x) { got.add(x.event().id); });
    auto config = slow_options(book.place);
    app shop{config, std::move(handlers)};
    shop.wait_until_ready(2);
    shop.write(make(1));
    CAF_CHECK(got.wait_for(1));
    CAF_CHECK(got.all().front() == inbox::emitted_id(nth(1), "note", 0));
    CAF_CHECK_EQUAL(book.committed(), "1 2 ");
  });
}

CAF_TEST(a store in memory has no transaction) {
  auto place = memory_place();
  auto config = quick_options(*place);
  config.max_attempts = 1;
  inbox::registry handlers;
  on(handlers, "order", "note", [](const delivery&, transaction& tx) {
    auto ran = tx.run("select 1");
    return ran ? caf::error{} : ran.error();
  });
  app shop{config, std::move(handlers)};
  shop.wait_until_ready(1);
  shop.write(make(1));
  shop.wait_until(1, "note", status::dead);
  CAF_CHECK_EQUAL(shop.delivery(1, "note").message.substr(0, 21),
                  "invalid: transaction:");
}

CAF_TEST(a commit is looked for when its answer is lost) {
  auto server = postgres_place();
  if (!server)
    return;
  sql_client client{server->options().url};
  ledger book{*server, client};
  for (auto mode : {tcp_proxy::lose_commit, tcp_proxy::lose_answer_to_commit}) {
    book.client.run("delete from " + book.table);
    // Others commit as well while the inbox starts.
    tcp_proxy proxy{tcp_proxy::pass, 1, 0, book.table};
    auto config = quick_options(*server);
    config.store.url = proxy.url();
    std::atomic<int> calls = 0;
    inbox::registry handlers;
    on(handlers, "order", "own", [&](const delivery&, transaction& tx) {
      auto err = book.note(tx, 1);
      if (++calls == 1)
        proxy.set(mode);
      return err;
    });
    app shop{config, std::move(handlers)};
    shop.wait_until_ready(1);
    auto n = mode == tcp_proxy::lose_commit ? 1u : 2u;
    shop.write(make(n));
    shop.wait_until(n, "own", status::done);
    CAF_CHECK_EQUAL(book.committed(), "1 ");
    // Only what has not committed is tried again.
    CAF_CHECK_EQUAL(calls.load(), mode == tcp_proxy::lose_commit ? 2 : 1);
    CAF_CHECK_EQUAL(shop.final_stats().done, 1u);
  }
}
