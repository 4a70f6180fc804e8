#include "joint_fixture.hpp"

// A store in memory runs no statements.
#ifndef INBOX_TEST_STORE_MEMORY

namespace {

class effects_fixture : public joint_fixture {
public:
  decltype(place.client()) app = place.client();
  std::string account = place.options().prefix + "_account";

  effects_fixture() {
    app.run("create table " + account
            + " (id integer primary key, cents integer check (cents >= 0))");
    app.run("insert into " + account + " values (1, 100), (2, 0)");
  }

  std::string balances() {
    auto rows = app.run("select cents from " + account + " order by id");
    std::string result;
    for (auto& row : rows)
      result += row.at(0) + " ";
    return result;
  }

  std::vector<sql_effect> transfer(int cents, int from = 1, int to = 2) {
    auto change = "update " + account + " set cents = cents ";
    return {sql_on_rows(1, change + "+ $1 where id = $2", cents, to),
            sql_on_rows(1, change + "- $2 where id = $1", from, cents)};
  }

  /// Settles one delivery with one effect, and returns why it was refused.
  std::string refusal(sql_effect x) {
    auto n = ++last_;
    write(make(n));
    auto held = claim_one(mail).lease;
    auto result = settle_joint({done_with(held, {std::move(x)})});
    if (result.refused.empty())
      return info(n).status == status::done ? "" : "not done";
    CAF_CHECK(settle(held, verdict::dead)); // it is held still
    return result.refused[0].reason;
  }

private:
  uint32_t last_ = 100;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(effects_tests, effects_fixture)

CAF_TEST(effects commit with the end of an attempt) {
  auto held = claim_many(3);
  auto result = settle_joint({done_with(held[0], transfer(10)),
                              done_with(held[1], transfer(5)),
                              done_with(held[2], transfer(3))});
  CAF_CHECK(result.lost.empty() && result.refused.empty());
  CAF_CHECK_EQUAL(balances(), "82 18 ");
  for (uint32_t n = 1; n <= 3; ++n)
    CAF_CHECK_EQUAL(info(n).status, status::done);
}

CAF_TEST(a lost lease has no effects) {
  auto held = claim_many(3);
  CAF_CHECK(settle(held[1], verdict::done));
  auto result = settle_joint({done_with(held[0], transfer(10)),
                              done_with(held[1], transfer(20)),
                              done_with(held[2], transfer(30))});
  CAF_CHECK_EQUAL(result.lost, (std::vector{held[1]}));
  CAF_CHECK_EQUAL(result.ended_before, (std::vector{held[1]}));
  CAF_CHECK_EQUAL(balances(), "60 40 ");
}

CAF_TEST(what was ended before is not executed again) {
  auto held = claim_many(2);
  auto insert = "insert into " + account + " values ($1, 0)";
  auto ends = std::vector{done_with(held[0], {sql(insert, 3)}),
                          done_with(held[1], {sql(insert, 4)})};
  settle_joint({ends[0]});
  // It would be refused for the key that is there, and said to have failed.
  auto result = settle_joint(ends, true);
  CAF_CHECK(result.refused.empty());
  CAF_CHECK_EQUAL(result.ended_before, (std::vector{held[0]}));
  CAF_CHECK_EQUAL(balances(), "100 0 0 0 ");
}

CAF_TEST(effects that are refused hinder no others) {
  auto held = claim_many(5);
  auto result = settle_joint({done_with(held[0], transfer(10)),
                              done_with(held[1], transfer(500)),
                              done_with(held[2], transfer(10), {make(7)}),
                              done_with(held[3], transfer(600), {make(8)}),
                              done_with(held[4], transfer(10))});
  CAF_REQUIRE_EQUAL(result.refused.size(), 2u);
  CAF_CHECK(result.refused[0].lease == held[1]);
  CAF_CHECK(result.refused[1].lease == held[3]);
  CAF_CHECK_EQUAL(result.refused[0].reason.substr(0, 12), "effects[1]: ");
  CAF_CHECK_EQUAL(balances(), "70 30 ");
  CAF_CHECK(find(7).event && !find(8).event);
  CAF_CHECK_EQUAL(info(2).status, status::in_progress);
  CAF_CHECK_EQUAL(info(4).status, status::in_progress);
  CAF_CHECK_EQUAL(info(5).status, status::done);
  CAF_CHECK(settle(held[1], verdict::failed));
}

CAF_TEST(effects of all are refused one by one) {
  auto held = claim_many(20);
  std::vector<settlement> ends;
  for (auto& x : held)
    ends.push_back(done_with(x, transfer(500)));
  CAF_CHECK_EQUAL(settle_joint(ends).refused.size(), 20u);
  CAF_CHECK_EQUAL(balances(), "100 0 ");
}

CAF_TEST(an effect that changes another number of rows is refused) {
  CAF_CHECK_EQUAL(
    refusal(sql_on_rows(1, "delete from " + account + " where id = 77")),
    "effects[0]: changed 0 rows, not 1");
  CAF_CHECK_EQUAL(refusal(sql_on_rows(1, "delete from " + account)),
                  "effects[0]: changed 2 rows, not 1");
  CAF_CHECK_EQUAL(refusal(sql_on_rows(0, "select * from " + account)), "");
  CAF_CHECK_EQUAL(balances(), "100 0 ");
}

CAF_TEST(statements that the database does not know are refused) {
  CAF_CHECK_NOT_EQUAL(refusal(sql("select * from nowhere")), "");
  CAF_CHECK_NOT_EQUAL(refusal(sql("selekt")), "");
  CAF_CHECK_NOT_EQUAL(refusal(sql("select 1; select 2")), "");
  CAF_CHECK_NOT_EQUAL(refusal(sql("select $1 + 1")), "");
  CAF_CHECK_EQUAL(refusal(sql("select 1;")), "");
  CAF_CHECK_EQUAL(refusal(sql("select '{p}'")), "");
}

CAF_TEST(parameters keep their types) {
  auto id = nth(5);
  auto when = timestamp{std::chrono::microseconds{1'234'567'890'123'456}};
  auto table = account + "_typed";
  auto is_sqlite = std::string{place.kind()} == "sqlite";
  app.run("create table " + table
          + (is_sqlite
               ? " (a, b, c, d, e, f, g, h)"
               : " (a boolean, b bigint, c double precision, d text, e bytea, "
                 "f timestamptz, g uuid, h jsonb)"));
  CAF_CHECK_EQUAL(refusal(sql("insert into " + table
                                + " values ($1, $2, $3, $4, $5, $6, $7, $8)",
                              true, int64_t{1} << 62, 0.1, "text '; \xC3\xA4",
                              payload{"\x01\xFF"}, when, id,
                              json_text{R"({"a": [1]})"})),
                  "");
  CAF_CHECK_EQUAL(refusal(sql("insert into " + table
                                + " values ($1, $2, $3, $4, $5, $6, $7, $8)",
                              nullptr, nullptr, nullptr, nullptr, nullptr,
                              nullptr, nullptr, nullptr)),
                  "");
  auto row
    = app
        .run(is_sqlite
               ? "select a, b, c = 0.1, d, hex(e), f, hex(g), h from " + table
                   + " where a is not null"
               : "select a::integer, b, c = 0.1, d, upper(encode(e, 'hex')), "
                 "extract(epoch from f) * 1000000, upper(replace(g::text, '-', "
                 "'')), h "
                 "from "
                   + table + " where a is not null")
        .at(0);
  CAF_CHECK_EQUAL(row[0], "1");
  CAF_CHECK_EQUAL(row[1], std::to_string(int64_t{1} << 62));
  CAF_CHECK_EQUAL(row[2], is_sqlite ? "1" : "t");
  CAF_CHECK_EQUAL(row[3], "text '; \xC3\xA4");
  CAF_CHECK_EQUAL(row[4], "01FF");
  CAF_CHECK_EQUAL(row[5].substr(0, 16), "1234567890123456");
  CAF_CHECK_EQUAL(row[6].substr(0, 2), "A5");
  CAF_CHECK_EQUAL(row[7], R"({"a": [1]})");
  CAF_CHECK_EQUAL(app.number("select count(*) from " + table
                             + " where a is null and h is null"),
                  1);
}

CAF_TEST(a constraint that is looked at late hinders no others) {
  auto child = account + "_child";
  app.run("create table " + child + " (id integer references " + account
          + " (id) deferrable initially deferred)");
  auto held = claim_many(3);
  auto insert = [&](int id) {
    return sql("insert into " + child + " values ($1)", id);
  };
  auto result = settle_joint({done_with(held[0], {insert(1)}),
                              done_with(held[1], {insert(9)}),
                              done_with(held[2], {insert(2)})});
  CAF_REQUIRE_EQUAL(result.refused.size(), 1u);
  CAF_CHECK(result.refused[0].lease == held[1]);
  CAF_CHECK_EQUAL(result.refused[0].reason.substr(0, 15), "at the commit: ");
  CAF_CHECK_EQUAL(app.number("select count(*) from " + child), 2);
  app.run("drop table " + child);
}

CAF_TEST(effects go with every verdict that ends an attempt) {
  for (auto how : {verdict::done, verdict::dead, verdict::snoozed}) {
    write(make(50 + static_cast<uint32_t>(how)));
    auto end = done_with(claim_one(mail).lease, transfer(1));
    end.verdict = how;
    end.delay = 1h;
    CAF_CHECK(settle_joint({end}).refused.empty());
  }
  CAF_CHECK_EQUAL(balances(), "97 3 ");
}

CAF_TEST_FIXTURE_SCOPE_END()

#endif
