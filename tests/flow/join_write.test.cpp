#include "app.hpp"
#include "each_client.hpp"

// Events that an application writes in transactions of its own, while the inbox
// is at work.

using namespace flow;

namespace {

/// An application with a table of its own in the inbox's database, and a
/// handler.
template <class Client>
class shop {
public:
  shop(const inbox::options& config, Client& past)
    : box{config, make_handlers()},
      client{past},
      how{config.store.prefix} {
    box.wait_until_ready(1);
    client.run("create table " + how.prefix + "_sale (n integer)");
  }

  ~shop() {
    client.run("drop table " + how.prefix + "_sale");
  }

  /// Sells, and tells of it, in one transaction that ends like `end`.
  void sell(uint32_t n, const std::string& end) {
    client.run("begin");
    client.run("insert into " + how.prefix + "_sale values ("
               + std::to_string(n) + ")");
    auto written = value(inbox::join_write(client.handle(), {make(n)}, how));
    CAF_CHECK_EQUAL(written.receipts.at(0).handlers, 1u);
    client.run(end);
  }

  long sales() {
    return client.number("select count(*) from " + how.prefix + "_sale");
  }

  record<inbox::uuid> got;
  app box;
  Client& client;
  inbox::join_options how;

private:
  inbox::registry make_handlers() {
    inbox::registry result;
    on(result, "order", "mail",
       [this](const inbox::delivery& x) { got.add(x.event().id); });
    return result;
  }
};

/// Runs `test` with a shop on each database, whose inbox has the options that
/// `configure` returns.
template <class Test>
void on_each_database(inbox::options (*configure)(const store_place&),
                      Test test) {
  with_each_client([&](auto& place, auto& client) {
    shop x{configure(place), client};
    test(x);
  });
}

} // namespace

CAF_TEST(what was committed and announced is handled at once) {
  on_each_database(slow_options, [](auto& shop) {
    shop.sell(1, "commit");
    shop.box->announce({"order"});
    CAF_CHECK(shop.got.wait_for(1));
    shop.sell(2, "rollback");
    shop.sell(3, "commit");
    shop.box->announce();
    CAF_CHECK(shop.got.wait_for(2));
    CAF_CHECK(shop.got.all().back() == nth(3));
    CAF_CHECK_EQUAL(shop.sales(), 2);
  });
}

CAF_TEST(what was committed and not announced is found) {
  on_each_database(quick_options, [](auto& shop) {
    shop.sell(1, "commit");
    CAF_CHECK(shop.got.wait_for(1));
  });
}

CAF_TEST(an announcement over the database reaches an inbox that listens) {
  on_postgres([](store_place& place) {
    sql_client client{place.options().url};
    shop far{slow_options(place), client};
    CAF_REQUIRE(eventually([&] { return value(far.box->stats()).present; }));
    far.sell(1, "commit");
    CAF_CHECK(!inbox::announce(far.client.handle(), {"order"}, far.how));
    CAF_CHECK(far.got.wait_for(1));
  });
}
