#include "../../messages/effect.hpp"
#include "../../messages/emitted_id.hpp"
#include "../../messages/error.hpp"
#include "../../messages/make_id.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <caf/test/dsl.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace inbox;

namespace {

/// Returns the field that is bad, or nothing.
std::string bad(sql_effect x) {
  auto err = check({sql("select 1"), std::move(x)});
  CAF_CHECK(!err || code_of(err) == errc::invalid);
  return err ? field_of(err) : "";
}

} // namespace

CAF_TEST(statements that change rows are effects) {
  for (auto* text : {"select 1", "INSERT into x values (1)",
                     " \n\tupdate x set y = 1", "delete from x",
                     "merge into x using y on true when matched then delete",
                     "replace into x values (1)", "call f(1)",
                     "with x as (select 1) delete from y",
                     "-- commit\nselect 1", "/* rollback */ select 1",
                     "/* a comment */ -- and another\r\n/**/select 1"})
    CAF_CHECK_EQUAL(bad(sql(text)), "");
}

CAF_TEST(what could end the transaction or leave something behind is none) {
  for (auto* text : {"",
                     " ",
                     ";",
                     "commit",
                     "COMMIT",
                     "rollback",
                     "begin",
                     "end",
                     "abort",
                     "savepoint x",
                     "release x",
                     "prepare transaction 'x'",
                     "set x = 1",
                     "reset all",
                     "discard all",
                     "listen x",
                     "notify x",
                     "copy x from stdin",
                     "lock x",
                     "truncate x",
                     "create table x (y int)",
                     "drop table x",
                     "pragma foreign_keys = off",
                     "attach 'x' as y",
                     "vacuum",
                     "do $$ $$",
                     "explain analyze delete from x",
                     "selection",
                     "--select 1",
                     "/* select 1",
                     "/* /* */ select 1",
                     "/* /* */ */ select 1",
                     "/* /* */ commit; -- */ */ select 1",
                     "(select 1)",
                     "\xC3\xA4"})
    CAF_CHECK_EQUAL(bad(sql(text)), "effects[1].statement");
}

CAF_TEST(texts that no database holds are refused) {
  CAF_CHECK_EQUAL(bad(sql(std::string{"select '\0'", 11})),
                  "effects[1].statement");
  CAF_CHECK_EQUAL(bad(sql("select '\xFF'")), "effects[1].statement");
  CAF_CHECK_EQUAL(bad(sql("select $1", 1, std::string(1, '\0'))),
                  "effects[1].parameters[1]");
  CAF_CHECK_EQUAL(bad(sql("select $1", json_text{"\xFF"})),
                  "effects[1].parameters[0]");
  CAF_CHECK_EQUAL(bad(sql("select $1", payload{std::string{"\0\xFF", 2}})), "");
}

CAF_TEST(there are limits) {
  auto many = sql("select 1");
  many.parameters.resize(max_parameters);
  CAF_CHECK_EQUAL(bad(many), "");
  many.parameters.emplace_back();
  CAF_CHECK_EQUAL(bad(many), "effects[1].parameters");
  CAF_CHECK_EQUAL(bad(sql("select $1", std::string(max_effect_bytes, 'x'))),
                  "effects");
}

CAF_TEST(parameters have the type that they were given) {
  auto index = [](const sql_value& x) { return x.get().index(); };
  CAF_CHECK_EQUAL(index(nullptr), 0u);
  CAF_CHECK_EQUAL(index(sql_value{}), 0u);
  CAF_CHECK_EQUAL(index(true), 1u);
  CAF_CHECK_EQUAL(index(1), 2u);
  CAF_CHECK_EQUAL(index('a'), 2u);
  CAF_CHECK_EQUAL(index(uint32_t{1}), 2u);
  CAF_CHECK_EQUAL(index(1.5), 3u);
  CAF_CHECK_EQUAL(index(1.5f), 3u);
  CAF_CHECK_EQUAL(index("x"), 4u);
  CAF_CHECK_EQUAL(index(std::string{"x"}), 4u);
  CAF_CHECK_EQUAL(index(payload{"x"}), 5u);
  CAF_CHECK_EQUAL(index(timestamp{}), 6u);
  CAF_CHECK_EQUAL(index(uuid{}), 7u);
  CAF_CHECK_EQUAL(index(json_text{"1"}), 8u);
}

CAF_TEST(an emitted event has the same id each time and another one elsewhere) {
  uuid small{};
  small.data[0] = 1;
  for (auto& cause : {small, make_id()}) {
    auto id = emitted_id(cause, "mail", 0);
    CAF_CHECK(id == emitted_id(cause, "mail", 0));
    CAF_CHECK(id != emitted_id(cause, "mail", 1));
    CAF_CHECK(id != emitted_id(cause, "mai", 0));
    CAF_CHECK(id != emitted_id(id, "mail", 0));
    CAF_CHECK(emitted_id(cause, "mail1", 0) != emitted_id(cause, "mail", 10));
    auto other = cause;
    ++other.data[15];
    CAF_CHECK(id != emitted_id(other, "mail", 0));
  }
  auto id = emitted_id(small, "mail", 0);
  CAF_CHECK_EQUAL(id.version(), uuid::version_name_based_sha1);
}

CAF_TEST(what a made id leads to lies beside it) {
  auto front = [](const uuid& x) {
    return std::vector<uint8_t>(x.begin(), x.begin() + 8);
  };
  auto cause = make_id();
  auto first = emitted_id(cause, "mail", 0);
  auto second = emitted_id(first, "bill", 3);
  CAF_CHECK(front(first) == front(cause));
  CAF_CHECK(front(second) == front(cause));
  CAF_CHECK(first.variant() == uuid::variant_rfc_4122);
  CAF_CHECK(second != first);
}
