#include "../../messages/error.hpp"
#include "../../storage/open_store.hpp"

#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class fixture {
public:
  manual_clock clock;

  store_ptr open(const std::string& url, const std::string& prefix = "inbox") {
    store_options options;
    options.url = url;
    options.prefix = prefix;
    return std::move(*open_store(options, clock.source()));
  }

  static size_t routes(store& db) {
    return db.summarize()->routes.size();
  }

  static bool add(store& db) {
    return static_cast<bool>(db.add({"order", "mail"}));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(memory_tests, fixture)

CAF_TEST(stores of one name share their data while one of them is open) {
  auto a = open("memory:shared");
  CAF_CHECK(add(*a));
  auto b = open("memory:shared");
  CAF_CHECK_EQUAL(routes(*b), 1u);
  a.reset();
  a = open("memory:shared");
  CAF_CHECK_EQUAL(routes(*a), 1u);
  a.reset();
  b.reset();
  CAF_CHECK_EQUAL(routes(*open("memory:shared")), 0u);
}

CAF_TEST(names and prefixes keep stores apart) {
  auto a = open("memory:");
  CAF_CHECK(add(*a));
  CAF_CHECK_EQUAL(routes(*open("memory:x")), 0u);
  CAF_CHECK_EQUAL(routes(*open("memory:", "other")), 0u);
  CAF_CHECK_EQUAL(routes(*open("memory:")), 1u);
}

CAF_TEST(what is held outlives its connections) {
  store_options options;
  options.url = "memory:held";
  auto held = hold_store(options);
  CAF_CHECK(held != nullptr);
  CAF_CHECK(add(*open("memory:held")));
  CAF_CHECK_EQUAL(routes(*open("memory:held")), 1u);
  held.reset();
  CAF_CHECK_EQUAL(routes(*open("memory:held")), 0u);
}

CAF_TEST(databases need not be held) {
  store_options options;
  options.url = "sqlite:x";
  CAF_CHECK(hold_store(options) == nullptr);
  options.url = "postgresql://";
  CAF_CHECK(hold_store(options) == nullptr);
}

CAF_TEST(a lease that has expired lives again when the clock is set back) {
  auto db = open("memory:clock");
  auto route = db->add({"order", "mail"})->route;
  event x;
  x.id.data[0] = 1;
  x.type = "order";
  x.ordering_key = "a";
  CAF_CHECK(db->write({x}));
  claim_deliveries request{{}, {{route, 1}}, 1, 60s, 5};
  CAF_CHECK_EQUAL(db->claim(request)->size(), 1u);
  clock.advance(60s);
  request.limit = 0;
  CAF_CHECK_EQUAL(db->claim(request)->size(), 0u); // finds it expired
  clock.advance(-30s);
  request.limit = 1;
  CAF_CHECK_EQUAL(db->claim(request)->size(), 0u);
  clock.advance(30s);
  CAF_CHECK_EQUAL(db->claim(request)->size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
