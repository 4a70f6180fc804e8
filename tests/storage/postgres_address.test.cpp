#include "../../messages/error.hpp"
#include "../../storage/postgres/address.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;
using inbox::postgres::address;

namespace {

/// Returns the text of the error, or "ok".
std::string outcome_of(const std::string& url) {
  auto result = address::parse(url);
  if (result)
    return "ok";
  CAF_CHECK_EQUAL(code_of(result.error()), errc::invalid);
  CAF_CHECK_EQUAL(field_of(result.error()), "options.store.url");
  return describe(result.error());
}

} // namespace

CAF_TEST(urls that libpq reads as they were meant) {
  for (auto url :
       {"postgresql://", "postgres://", "postgresql:///db",
        "postgresql://host/db", "postgresql://user@host", "postgresql://host:1",
        "postgresql://user:pass%40crab%2F%3F@host:5432/db?sslmode=require",
        "postgresql://a:1,b:2/db", "postgresql://u:p@a:1,b/db",
        "postgresql://[::1]:5432/db", "postgresql://u@a,[::1],[::2]:1/db",
        "postgresql://host/db?user=u@corp", "postgresql://?host=/tmp",
        "postgresql://?host=/tmp&user=u@corp", "postgresql://%2Fvar%2Frun/db",
        "postgresql://host:5432/db?user=u@corp",
        "postgresql://a,b:1/db?user=u@corp", "postgresql://?host=%40a,b"})
    CAF_CHECK_EQUAL(outcome_of(url), "ok");
}

CAF_TEST(bad urls are refused without quoting them) {
  for (auto url : {"",
                   "postgresql:",
                   "http://user:crabapple@host",
                   "postgresql://user:crab@apple@host/db",
                   "postgresql://user:crab/apple@host/db",
                   "postgresql://user:crab?apple@host/db",
                   "postgresql://user:crab?crabapple=1@host/db",
                   "postgresql://crabapple@x:y@z",
                   "postgresql://host:crabapple/db",
                   "postgresql://host:70000/crabapple",
                   "postgresql://host:0/crabapple",
                   "postgresql://host:1,host:-2/crabapple",
                   "postgresql://user:crab%apple@host/db",
                   "postgresql://user:crabapple%00@host/db",
                   "postgresql://[::1/crabapple",
                   "postgresql://[h/db?password=crabapple&x=]",
                   "postgresql://a,[h?password=crabapple&x=]",
                   "postgresql://u@[::1,b]/crabapple",
                   "postgresql://host/db?crabapple",
                   "postgresql://host/db?crabapple=1",
                   "postgresql://?password=crab@apple",
                   "postgresql://user:crab@apple?user=x@host/db",
                   "postgresql://user:1/?host=crabapple@host",
                   "postgresql://user:1/?host=crabapple,@host",
                   "postgresql://user:1/?hostaddr=crabapple@host",
                   "postgresql://user:,crabapple:/b?password=x@",
                   "postgresql://user:,crabapple?password=/@",
                   "postgresql://user:1,crabapple:2/b?user=x@host",
                   "postgresql://[:crabapple]/b?user=x@host"}) {
    auto text = outcome_of(url);
    CAF_CHECK_NOT_EQUAL(text, "ok");
    CAF_CHECK_EQUAL(text.find("apple"), std::string::npos);
    CAF_CHECK_EQUAL(text.find("crab"), std::string::npos);
  }
  CAF_CHECK_NOT_EQUAL(outcome_of(std::string{"postgresql://a\0b", 16}), "ok");
}

CAF_TEST(a message is shown without the password in it) {
  auto x = address::parse("postgresql://user:crab%40apple@host/db");
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->censored("all is well"), "all is well");
  CAF_CHECK_EQUAL(x->censored("no host crab@apple here"), "no host *** here");
  // In whatever way it is encoded.
  CAF_CHECK_EQUAL(x->censored("crab%40apple"), "***");
  CAF_CHECK_EQUAL(x->censored("no %63rab%40appl%65."), "no ***.");
  CAF_CHECK_EQUAL(x->censored("crab@app"), "crab@app");
  x->add_secret("");
  CAF_CHECK_EQUAL(x->censored("all is well"), "all is well");
  x->add_secret("well");
  CAF_CHECK_EQUAL(x->censored("all is well"), "all is ***");
  auto y = address::parse("postgresql://host/db?password=herring");
  CAF_REQUIRE(y);
  CAF_CHECK_EQUAL(y->censored("a herring"), "a ***");
}

CAF_TEST(secrets that are hard to tell apart are hidden whole) {
  auto x = address::parse("postgresql://host/db");
  CAF_REQUIRE(x);
  x->add_secret("abcd");
  x->add_secret("cdef");
  x->add_secret("50%off");
  CAF_CHECK_EQUAL(x->censored("-abcdef-"), "-***-");
  CAF_CHECK_EQUAL(x->censored("abcdabcd"), "***");
  CAF_CHECK_EQUAL(x->censored("50%off, 50%25off"), "***, ***");
  x->add_secret("100%25");
  CAF_CHECK_EQUAL(x->censored("100%25, 100%2525"), "***, ***");
  x->add_secret("\xC3\xA9t\xC3\xA9");
  CAF_CHECK_EQUAL(x->censored("%c3%a9t%C3%A9!"), "***!");
}
