#include "harness.hpp"

#include <thread>

namespace {

class connection_fixture : public fixture {
public:
  store_options with_prefix(std::string prefix) {
    auto result = place.options();
    result.prefix = std::move(prefix);
    return result;
  }

  /// Returns the error of opening, or no error.
  caf::error open_error() {
    auto result = place.try_open(place.options());
    return result ? caf::error{} : result.error();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(connection_tests, connection_fixture)

CAF_TEST(two connections see the same data) {
  auto other = place.open();
  auto mail = add("mail");
  CAF_CHECK_EQUAL(other->write({make(1)})->receipts.at(0).handlers, 1u);
  auto claimed = claim_one(mail);
  settle_deliveries request;
  request.settlements = {{claimed.lease, verdict::done, 0s, ""}};
  CAF_CHECK(get(other->settle(request)).lost.empty());
  CAF_CHECK_EQUAL(info(1).status, status::done);
}

CAF_TEST(opening again changes nothing and finds everything) {
  auto mail = add("mail");
  write({make(1), make(2, "nobody")});
  auto claimed = claim_one(mail);
  if (place.is_durable())
    db.reset();
  for (int i = 0; i < 3; ++i)
    db = place.open();
  CAF_CHECK_EQUAL(add("mail"), mail);
  CAF_CHECK_EQUAL(results(write({make(1), make(3)})), "duplicate:0 stored:1");
  CAF_CHECK(find(2).event == make(2, "nobody"));
  CAF_CHECK_EQUAL(info(1).status, status::in_progress);
  CAF_CHECK(settle(claimed.lease, verdict::done));
}

CAF_TEST(two prefixes do not see each other) {
  auto prefix = place.options().prefix;
  // One is the beginning of the other, up to the name of a table.
  for (auto& name : {prefix + "_event", prefix + "2", prefix + "_"}) {
    auto other = place.open(with_prefix(name));
    CAF_CHECK(get(other->summarize()).routes.empty());
    auto route = get(other->add({"order", "other"})).route;
    CAF_CHECK_EQUAL(results(get(other->write({make(1)})).receipts), "stored:1");
    CAF_CHECK_EQUAL(get(other->claim({owner, {{route, 9}}, 9, 60s, 5})).size(),
                    1u);
    CAF_CHECK(!find(1).event);
    CAF_CHECK(summarize().routes.empty());
  }
  add("mail");
  CAF_CHECK_EQUAL(results({write(make(1))}), "stored:1");
}

CAF_TEST(many may open new tables at once) {
  auto options = with_prefix(place.options().prefix + "_new");
  std::vector<std::string> errors(6);
  std::vector<store_ptr> stores(6);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < errors.size(); ++i)
    threads.emplace_back([&, i] {
      auto result = place.try_open(options);
      if (!result) {
        errors[i] = describe(result.error());
        return;
      }
      stores[i] = std::move(*result);
      if (auto added = stores[i]->add({"order", "mail"}); !added)
        errors[i] = describe(added.error());
    });
  for (auto& thread : threads)
    thread.join();
  CAF_CHECK_EQUAL(errors, std::vector<std::string>(6));
  auto opened = place.open(options);
  CAF_CHECK_EQUAL(get(opened->summarize()).routes.size(), 1u);
}

#ifndef INBOX_TEST_STORE_MEMORY

CAF_TEST(tables that are newer than the code are refused) {
  db.reset();
  place.execute("update $schema set version = version + 41");
  auto err = open_error();
  CAF_CHECK_EQUAL(code_of(err), errc::schema_mismatch);
  // Both versions are in the text.
  auto number_behind = [text = describe(err)](const std::string& words) {
    auto at = text.find(words);
    CAF_REQUIRE_NOT_EQUAL(at, std::string::npos);
    return std::stoi(text.substr(at + words.size()));
  };
  CAF_CHECK_EQUAL(number_behind("version "),
                  number_behind(
                    place.kind() == std::string{"sqlite"} ? "knows " : "up to ")
                    + 41);
  place.execute("update $schema set version = version - 41");
  CAF_CHECK(!open_error());
}

CAF_TEST(tables that are not ours are refused) {
  db.reset();
  place.execute("delete from $schema");
  CAF_CHECK_EQUAL(code_of(open_error()), errc::schema_mismatch);
  place.execute("drop table $schema");
  place.execute("create table $schema (something integer)");
  CAF_CHECK_EQUAL(code_of(open_error()), errc::schema_mismatch);
}

CAF_TEST(data tables without a version are refused) {
  db.reset();
  place.execute("drop table $schema");
  CAF_CHECK_EQUAL(code_of(open_error()), errc::schema_mismatch);
  // And left as they are.
  place.execute("insert into $route (event_type, handler_key) "
                "values ('order', 'mail')");
}

CAF_TEST(an error of the database has a class and leaves nothing half done) {
  add("mail");
  place.execute("alter table $delivery rename to $hidden");
  // On PostgreSQL only what is ordered goes there.
  auto result = db->write({make(1), make_ordered(2, "a")});
  CAF_REQUIRE(!result);
  // PostgreSQL has a code of its own for a table that is not there.
  auto expected = std::string{place.kind()} == "sqlite" ? errc::storage_failed
                                                        : errc::schema_mismatch;
  CAF_CHECK_EQUAL(code_of(result.error()), expected);
  CAF_CHECK(describe(result.error()).find(place.options().prefix + "_delivery")
            != std::string::npos);
  place.execute("alter table $hidden rename to $delivery");
  db = place.open();
  CAF_CHECK(!find(1).event);
  CAF_CHECK_EQUAL(results(write({make(1), make(2)})), "stored:1 stored:1");
}

#endif

CAF_TEST_FIXTURE_SCOPE_END()
