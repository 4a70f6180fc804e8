#include "joint_fixture.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

// Transactions in which a handler runs statements of its own.

#ifdef INBOX_TEST_STORE_MEMORY

CAF_TEST_FIXTURE_SCOPE(handler_transaction_tests, joint_fixture)

CAF_TEST(a store in memory has no transaction for handlers) {
  auto result = db->begin(1s);
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(code_of(result.error()), errc::invalid);
  CAF_CHECK_EQUAL(field_of(result.error()), "transaction");
}

CAF_TEST_FIXTURE_SCOPE_END()

#else

namespace {

class own_fixture : public joint_fixture {
public:
  decltype(place.client()) app = place.client();
  std::string mine = place.options().prefix + "_mine";

  own_fixture() {
    app.run("create table " + mine + " (n integer primary key)");
  }

  open_transaction_ptr begin(timespan patience = 10s) {
    return get(db->begin(patience));
  }

  sql_effect insert(int n) const {
    return sql("insert into " + mine + " values ($1)", n);
  }

  /// Runs statements past `run`, as a handler does with its own library.
  void run_natively(open_transaction& tx, const std::string& statements) {
#  ifdef INBOX_TEST_STORE_POSTGRES
    auto* result = PQexec(get(tx.postgres()), statements.c_str());
    auto status = PQresultStatus(result);
    PQclear(result);
    native_ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
#  else
    native_ok = sqlite3_exec(get(tx.sqlite()), statements.c_str(), nullptr,
                             nullptr, nullptr)
                == SQLITE_OK;
#  endif
  }

  std::string insert_text(int n) const {
    return "insert into " + mine + " values (" + std::to_string(n) + ")";
  }

  /// Returns the numbers that were committed.
  std::string committed() {
    std::string result;
    for (auto& row : app.run("select n from " + mine + " order by n"))
      result += row.at(0) + " ";
    return result;
  }

  bool native_ok = false;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(handler_transaction_tests, own_fixture)

CAF_TEST(everything commits with the end of the attempt) {
  add("bill", "invoice");
  auto held = claim_many(1);
  auto tx = begin();
  CAF_CHECK_EQUAL(get(tx->run(insert(1))), 1u);
  run_natively(*tx, insert_text(2));
  CAF_CHECK(native_ok);
  CAF_CHECK_EQUAL(get(tx->run(insert(3))), 1u);
  CAF_CHECK_EQUAL(committed(), "");
  auto end = done_with(held[0], {insert(4)}, {make(7, "invoice")});
  auto came = get(tx->settle(end));
  CAF_CHECK(came.committed && came.lost.empty() && !came.reason);
  tx.reset();
  CAF_CHECK_EQUAL(committed(), "1 2 3 4 ");
  CAF_CHECK_EQUAL(info(1).status, status::done);
  CAF_CHECK_EQUAL(info(7).handler_key, "bill");
}

CAF_TEST(the store goes on after each of them) {
  auto held = claim_many(2);
  for (auto n = 0; n < 2; ++n) {
    auto tx = begin();
    run_natively(*tx, insert_text(n));
    CAF_CHECK(get(tx->settle(done_with(held[n], {}))).committed);
  }
  { auto unused = begin(); }
  write(make(9));
  CAF_CHECK_EQUAL(committed(), "0 1 ");
}

CAF_TEST(what is not settled is undone) {
  auto held = claim_many(1);
  {
    auto tx = begin();
    CAF_CHECK(tx->run(insert(1)));
    run_natively(*tx, insert_text(2));
  }
  CAF_CHECK_EQUAL(committed(), "");
  CAF_CHECK(settle(held[0], verdict::done));
}

CAF_TEST(a lost lease commits nothing) {
  auto held = claim_many(1);
  CAF_CHECK(settle(held[0], verdict::failed));
  auto tx = begin();
  CAF_CHECK(tx->run(insert(1)));
  auto came = get(tx->settle(done_with(held[0], {}, {make(7)})));
  CAF_CHECK(!came.committed && !came.reason);
  CAF_CHECK_EQUAL(came.lost, (std::vector<size_t>{0}));
  tx.reset();
  CAF_CHECK_EQUAL(committed(), "");
  CAF_CHECK(!find(7).event);
}

CAF_TEST(what is refused is told) {
  auto twice = begin()->run(sql("select 1; select 2"));
  CAF_CHECK(!twice && code_of(twice.error()) == errc::invalid);
  auto none = begin()->run(sql_on_rows(1, "delete from " + mine));
  CAF_REQUIRE(!none);
  CAF_CHECK_EQUAL(code_of(none.error()), errc::invalid);
  CAF_CHECK_NOT_EQUAL(describe(none.error()).find("changed 0 rows, not 1"),
                      std::string::npos);
  auto missing = begin()->run(sql("delete from nobody_has_this"));
  CAF_REQUIRE(!missing);
  CAF_CHECK_EQUAL(code_of(missing.error()), errc::invalid);
  CAF_CHECK_EQUAL(field_of(missing.error()), "statement");
  CAF_CHECK_NOT_EQUAL(describe(missing.error()).find("nobody_has_this"),
                      std::string::npos);
}

CAF_TEST(a statement that failed is not overlooked) {
  auto held = claim_many(1);
  auto tx = begin();
  CAF_CHECK(tx->run(insert(1)));
  CAF_CHECK(!tx->run(insert(1)));
  auto came = get(tx->settle(done_with(held[0], {})));
  tx.reset();
#  ifdef INBOX_TEST_STORE_POSTGRES
  CAF_CHECK(!came.committed && came.reason);
  CAF_CHECK_EQUAL(committed(), "");
#  else
  // SQLite undoes no more than the statement.
  CAF_CHECK(came.committed);
  CAF_CHECK_EQUAL(committed(), "1 ");
#  endif
}

CAF_TEST(effects that are refused undo everything) {
  app.run(insert_text(5));
  auto held = claim_many(1);
  auto tx = begin();
  CAF_CHECK(tx->run(insert(1)));
  auto came = get(tx->settle(done_with(held[0], {insert(5)})));
  CAF_CHECK(!came.committed);
  CAF_REQUIRE(came.reason);
  CAF_CHECK_EQUAL(came.reason->substr(0, 11), "effects[0]:");
  tx.reset();
  CAF_CHECK_EQUAL(committed(), "5 ");
  CAF_CHECK(settle(held[0], verdict::done));
}

CAF_TEST(a handler that ends its transaction has failed) {
  auto held = claim_many(3);
  // The last one is open again when it is looked at.
  for (std::string how : {"commit", "rollback", "commit; begin"}) {
    auto n = static_cast<int>(how.size());
    auto tx = begin();
    run_natively(*tx, insert_text(n));
    run_natively(*tx, how);
    CAF_CHECK(native_ok);
    auto came = get(tx->settle(done_with(held[0], {}, {make(7)})));
    CAF_CHECK(!came.committed && came.reason);
    tx.reset();
    db = place.open();
  }
  CAF_CHECK(!find(7).event);
  CAF_CHECK_EQUAL(info(1).status, status::in_progress);
}

CAF_TEST(savepoints belong to the handler) {
  auto held = claim_many(1);
  auto tx = begin();
  run_natively(*tx, "savepoint mine; " + insert_text(1)
                      + "; rollback to savepoint mine; " + insert_text(2));
  CAF_CHECK(native_ok);
  CAF_CHECK(get(tx->settle(done_with(held[0], {}))).committed);
  tx.reset();
  CAF_CHECK_EQUAL(committed(), "2 ");
}

CAF_TEST(another database is refused) {
  auto tx = begin();
#  ifdef INBOX_TEST_STORE_POSTGRES
  auto other = tx->sqlite();
#  else
  auto other = tx->postgres();
#  endif
  CAF_REQUIRE(!other);
  CAF_CHECK_EQUAL(code_of(other.error()), errc::invalid);
}

CAF_TEST_FIXTURE_SCOPE_END()

#endif
