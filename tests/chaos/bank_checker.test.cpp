#include "bank_checker.hpp"

#include <caf/test/unit_test.hpp>

#include <stdexcept>

// What the checker says of made-up books: each has one thing wrong.

using namespace chaos;

namespace {

constexpr int done = 2;
constexpr int dead = 3;

class fixture {
public:
  /// Two transfers that are done, with their receipts, and one that is dead.
  fixture() {
    for (int64_t i = 1; i <= accounts; ++i)
      what.balances[i] = opening_balance;
    book("a", {1, 2, 100, 0});
    book("b", {2, 3, 50, 2'000});
    what.transfers["c"] = {3, 4, 5'000, 0};
    end("c", dead);
  }

  void end(const std::string& id, int progress) {
    final_delivery x;
    x.event_id = id;
    x.progress = progress;
    ends.push_back(std::move(x));
  }

  void book(const std::string& id, const transfer& x) {
    what.transfers[id] = x;
    end(id, done);
    apply(id);
    what.receipts[id + "-receipt"] = id;
    end(id + "-receipt", done);
    what.filed.push_back(id + "-receipt");
  }

  void apply(const std::string& id) {
    auto& x = what.transfers.at(id);
    what.applied.push_back(id);
    what.balances[x.from] -= x.amount;
    what.balances[x.to] += x.amount;
  }

  bank_findings look() const {
    return check(what, ends);
  }

  books what;
  std::vector<final_delivery> ends;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(bank_checker_tests, fixture)

CAF_TEST(good books) {
  auto found = look();
  CAF_CHECK(found.good());
  CAF_CHECK_EQUAL(found.applied, 2u);
  CAF_CHECK_EQUAL(found.slow, 1u);
  CAF_CHECK_EQUAL(found.dead, 1u);
  CAF_CHECK_EQUAL(found.receipts, 2u);
  CAF_CHECK_EQUAL(found.examples.size(), 0u);
}

CAF_TEST(nothing at all is not good) {
  what = {};
  ends.clear();
  CAF_CHECK(!look().good());
}

CAF_TEST(no transfer that cannot be is not good) {
  what.transfers.erase("c");
  CAF_CHECK_EQUAL(look().wrong_balances, 0u);
  CAF_CHECK(!look().good());
}

CAF_TEST(applied twice) {
  apply("a");
  auto found = look();
  CAF_CHECK_EQUAL(found.twice, 1u);
  CAF_CHECK_EQUAL(found.wrong_balances, 2u);
  CAF_CHECK_EQUAL(found.created, 0);
  CAF_CHECK(!found.good());
  // Even if the accounts do not show it.
  what.balances[1] += 100;
  what.balances[2] -= 100;
  CAF_CHECK_EQUAL(look().wrong_balances, 0u);
  CAF_CHECK(!look().good());
}

CAF_TEST(done and not applied) {
  what.applied.erase(what.applied.begin());
  auto found = look();
  CAF_CHECK_EQUAL(found.missing, 1u);
  CAF_CHECK_EQUAL(found.applied, 1u);
  CAF_CHECK(!found.good());
}

CAF_TEST(applied and not done) {
  what.applied.push_back("c");
  auto found = look();
  CAF_CHECK_EQUAL(found.left_over, 1u);
  CAF_CHECK_EQUAL(found.dead, 0u);
  CAF_CHECK(!found.good());
}

CAF_TEST(applied and unknown) {
  what.applied.push_back("z");
  CAF_CHECK_EQUAL(look().left_over, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(a balance that no transfer explains) {
  what.balances[5] -= 1;
  what.balances[6] += 1;
  CAF_CHECK_EQUAL(look().wrong_balances, 2u);
  CAF_CHECK_EQUAL(look().created, 0);
  CAF_CHECK(!look().good());
}

CAF_TEST(money from nowhere) {
  what.balances[accounts + 1] = 7; // an account that was not opened
  CAF_CHECK_EQUAL(look().created, 7);
  CAF_CHECK_EQUAL(look().wrong_balances, 0u);
  CAF_CHECK(!look().good());
}

CAF_TEST(an account that is gone) {
  what.balances.erase(5);
  CAF_CHECK_EQUAL(look().wrong_balances, 1u);
  CAF_CHECK_EQUAL(look().created, -opening_balance);
  CAF_CHECK(!look().good());
}

CAF_TEST(a transfer to nobody that is done) {
  what.transfers["a"].to = accounts + 1;
  CAF_CHECK_EQUAL(look().wrong_balances, 2u);
  CAF_CHECK(!look().good());
}

CAF_TEST(no receipt) {
  what.receipts.erase("a-receipt");
  what.filed.erase(what.filed.begin());
  CAF_CHECK_EQUAL(look().wrong_receipts, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(two receipts) {
  what.receipts["another"] = "a";
  end("another", done);
  what.filed.push_back("another");
  CAF_CHECK_EQUAL(look().wrong_receipts, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(a receipt for what is not done) {
  for (auto cause : {"c", "z"}) {
    what.receipts["another"] = cause;
    end("another", done);
    what.filed = {"a-receipt", "another", "b-receipt"};
    CAF_CHECK_EQUAL(look().wrong_receipts, 1u);
    CAF_CHECK(!look().good());
  }
}

CAF_TEST(a receipt that is filed twice or not ) {
  what.filed.push_back("a-receipt");
  CAF_CHECK_EQUAL(look().wrong_receipts, 1u);
  CAF_CHECK(!look().good());
  what.filed = {"b-receipt"};
  CAF_CHECK_EQUAL(look().wrong_receipts, 1u);
  CAF_CHECK_EQUAL(look().receipts, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(filed and not done) {
  what.filed.push_back("z");
  CAF_CHECK_EQUAL(look().wrong_receipts, 1u);
  CAF_CHECK(!look().good());
}

CAF_TEST(the payload of a transfer) {
  auto x = from_payload(to_payload({1, 2, 3, 4}));
  CAF_CHECK_EQUAL(x.from, 1);
  CAF_CHECK_EQUAL(x.to, 2);
  CAF_CHECK_EQUAL(x.amount, 3);
  CAF_CHECK_EQUAL(x.milliseconds, 4);
  CAF_CHECK_THROWS_AS(static_cast<void>(from_payload("1 2 3")),
                      std::runtime_error);
  CAF_CHECK_THROWS_AS(static_cast<void>(from_payload("1 2 3 4 5")),
                      std::runtime_error);
}

CAF_TEST_FIXTURE_SCOPE_END()
