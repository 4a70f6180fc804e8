#include "local_test_stores.hpp"

#include "../../storage/join_write.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;

// What the application's own connection can be like.

namespace {

class fixture {
public:
  sqlite_test_store place;
  store_ptr db = place.open();
  sqlite_client app = place.client();
  join_options how{place.options().prefix};

  fixture() {
    if (!db->add({"order", "mail"}))
      CAF_FAIL("no route");
    sqlite3_busy_timeout(app.handle(), 50);
  }

  static event make(uint8_t n) {
    event result;
    result.id.data[15] = n;
    result.type = "order";
    return result;
  }

  std::string join(uint8_t n) {
    auto result = join_write(app.handle(), {make(n)}, how);
    if (!result)
      return to_string(code_of(result.error())) + " "
             + field_of(result.error());
    return to_string(result->receipts.at(0).result);
  }

  bool is_there(uint8_t n) {
    return db->find({make(n).id})->event.has_value();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(join_write_tests, fixture)

CAF_TEST(a transaction whose state was overtaken is to be repeated) {
  app.run("begin; select count(*) from inbox_event");
  CAF_CHECK(db->write({make(1)}));
  CAF_CHECK_EQUAL(join(2), "busy store");
  app.run("rollback; begin");
  CAF_CHECK_EQUAL(join(2), "stored");
  app.run("commit");
  CAF_CHECK(is_there(1) && is_there(2));
}

CAF_TEST(a file that another one writes to is busy) {
  auto other = place.client();
  other.run("begin immediate");
  app.run("begin");
  CAF_CHECK_EQUAL(join(1), "busy store");
  other.run("rollback");
  CAF_CHECK_EQUAL(join(1), "stored");
  app.run("commit");
  CAF_CHECK(is_there(1));
}

CAF_TEST(the store waits for a joined write to end) {
  app.run("begin immediate");
  CAF_CHECK_EQUAL(join(1), "stored");
  auto options = place.options();
  options.statement_timeout = std::chrono::milliseconds{50};
  auto hasty = place.open(options);
  auto refused = hasty->write({make(2)});
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(code_of(refused.error()), errc::busy);
  app.run("commit");
  CAF_CHECK(hasty->write({make(2)}));
}

CAF_TEST(a full disk is told and what is left of the transaction goes on) {
  app.run("create table mine (n); begin immediate; insert into mine values (1);"
          "pragma max_page_count = 1");
  auto large = make(1);
  large.payload = std::string(1'000'000, 'x');
  auto result = join_write(app.handle(), {large}, how);
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(code_of(result.error()), errc::storage_failed);
  auto over = sqlite3_get_autocommit(app.handle()) != 0;
  CAF_CHECK_EQUAL(describe(result.error()).find("rolled the transaction back")
                    != std::string::npos,
                  over);
  CAF_CHECK_EQUAL(app.number("select count(*) from mine"), over ? 0 : 1);
  if (!over)
    app.run("commit");
  CAF_CHECK(!is_there(1));
}

CAF_TEST(what was written before an error is taken back) {
  app.run("create trigger no_second before insert on inbox_event "
          "when exists (select 1 from inbox_event) "
          "begin select raise(abort, 'no second one'); end");
  app.run("create table mine (n); begin; insert into mine values (1)");
  auto refused = join_write(app.handle(), {make(1), make(2)}, how);
  CAF_REQUIRE(!refused);
  CAF_CHECK(describe(refused.error()).find("no second one")
            != std::string::npos);
  app.run("commit");
  CAF_CHECK(!is_there(1) && !is_there(2));
  CAF_CHECK_EQUAL(app.number("select count(*) from mine"), 1);
}

CAF_TEST(a connection that only reads takes no write) {
  sqlite3* reader = nullptr;
  CAF_REQUIRE_EQUAL(sqlite3_open_v2(place.file().c_str(), &reader,
                                    SQLITE_OPEN_READONLY, nullptr),
                    SQLITE_OK);
  sqlite3_exec(reader, "begin", nullptr, nullptr, nullptr);
  auto result = join_write(reader, {make(1)}, how);
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(code_of(result.error()), errc::storage_failed);
  sqlite3_close(reader);
}

CAF_TEST(the settings of the connection stay as they are) {
  app.run("begin");
  CAF_CHECK_EQUAL(join(1), "stored");
  app.run("commit");
  CAF_CHECK_EQUAL(app.value("pragma busy_timeout"), "50");
  CAF_CHECK_EQUAL(app.value("pragma synchronous"), "2");
}

CAF_TEST_FIXTURE_SCOPE_END()
